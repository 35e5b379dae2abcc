package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.revocation.RevocationReceipt;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What is taken back: revoke, and read the list in force. */
@RestController
class RevocationEndpoint {
  private final RevocationService revocations;
  private final RevocationLists lists;
  private final TrustDocuments trustDocuments;
  private final AdminActs acts;

  RevocationEndpoint(
      RevocationService revocations,
      RevocationLists lists,
      TrustDocuments trustDocuments,
      AdminActs acts) {
    this.revocations = revocations;
    this.lists = lists;
    this.trustDocuments = trustDocuments;
    this.acts = acts;
  }

  @PostMapping(path = "/v1/revocations", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Revoked revoke(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody RevocationText request) {
    RevocationTarget target = request.target();
    boolean ban = request.requireBan(target);
    String reason = Reason.require(request.reason());
    return Revoked.of(
        acts.perform(
            admin,
            ban ? "revoke and ban" : "revoke",
            target.describe(),
            reason,
            () ->
                revocations.revoke(new RevocationRequest(target, ban, admin.auditName(), reason))));
  }

  @GetMapping("/v1/revocations")
  Revocations read() {
    return lists.current().map(this::open).map(Revocations::of).orElseGet(Revocations::none);
  }

  private RevocationList open(SignedDocument signed) {
    try {
      return RevocationList.open(signed, trustDocuments.current().parsed());
    } catch (InvalidDocumentException e) {
      throw new IllegalStateException("our own revocation list does not open", e);
    }
  }

  /**
   * @param counter of the first list that carries it
   * @param resumptions how many identities got new resumption keys
   * @param certificates how many certificates in use are void now
   */
  record Revoked(long counter, Instant since, int resumptions, int certificates) {
    static Revoked of(RevocationReceipt receipt) {
      return new Revoked(
          receipt.counter(), receipt.since(), receipt.resumptions(), receipt.certificates());
    }
  }

  /** The list in force; it is one signed document, so it is not cut into pages. */
  record Revocations(long counter, @Nullable Instant issuedAt, List<Entry> items) {
    static Revocations of(RevocationList list) {
      return new Revocations(
          list.counter(), list.issuedAt(), list.entries().stream().map(Entry::of).toList());
    }

    static Revocations none() {
      return new Revocations(0, null, List.of());
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(String kind, String what, @Nullable Instant before, Instant dropAfter) {
    static Entry of(RevocationEntry entry) {
      return switch (entry) {
        case RevocationEntry.Certificate(var id, var drop) ->
            new Entry("certificate", id.toString(), null, drop);
        case RevocationEntry.Subject(var id, var before, var drop) ->
            new Entry("subject", id.toString(), before, drop);
        case RevocationEntry.Machine(var machine, var before, var drop) ->
            new Entry("machine", machine, before, drop);
        case RevocationEntry.Authority(var spkiSha256, var drop) ->
            new Entry("authority", spkiSha256.toHex(), null, drop);
        case RevocationEntry.Resumption(var server, var before, var drop) ->
            new Entry("resumption", server.toString(), before, drop);
      };
    }
  }
}
