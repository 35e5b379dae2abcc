package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.humans.Permission;
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
import java.util.function.Predicate;
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
  private final WithinReach reach;
  private final AdminActs acts;

  RevocationEndpoint(
      RevocationService revocations,
      RevocationLists lists,
      TrustDocuments trustDocuments,
      WithinReach reach,
      AdminActs acts) {
    this.revocations = revocations;
    this.lists = lists;
    this.trustDocuments = trustDocuments;
    this.reach = reach;
    this.acts = acts;
  }

  @PostMapping(path = "/v1/revocations", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Revoked revoke(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody RevocationText request) {
    RevocationTarget target = request.target();
    requireReach(admin, target);
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

  private void requireReach(AuthenticatedHuman admin, RevocationTarget target) {
    Permission permission = Permission.REVOCATION_CHANGE;
    switch (target) {
      case RevocationTarget.Certificate certificate ->
          reach.requireCertificate(admin, permission, certificate.id());
      case RevocationTarget.Subject subject ->
          reach.requireIdentity(admin, permission, subject.id());
      case RevocationTarget.Machine machine ->
          reach.requireMachine(admin, permission, machine.name());
      case RevocationTarget.Authority _ ->
          reach.requireEverything(admin, Permission.AUTHORITY_CHANGE, "An authority");
      case RevocationTarget.Resumption resumption ->
          reach.requireIdentity(admin, permission, resumption.server());
    }
  }

  /** Entries about single certificates are left to the ledger for those with a limited role. */
  @GetMapping("/v1/revocations")
  Revocations read(@AuthenticationPrincipal AuthenticatedHuman admin) {
    return lists
        .current()
        .map(this::open)
        .map(list -> Revocations.of(list, entry -> isWithinReach(admin, entry)))
        .orElseGet(Revocations::none);
  }

  private boolean isWithinReach(AuthenticatedHuman admin, RevocationEntry entry) {
    Permission permission = Permission.REVOCATION_READ;
    return admin.rights().allowEverywhere(permission)
        || switch (entry) {
          case RevocationEntry.Certificate _ -> false;
          case RevocationEntry.Subject(var id, var before, var drop) ->
              reach.reaches(admin, permission, id);
          case RevocationEntry.Machine(var machine, var before, var drop) ->
              reach.reaches(admin, permission, new MachineName(machine));
          // In the trust document too, for everybody.
          case RevocationEntry.Authority _ -> true;
          case RevocationEntry.Resumption(var server, var before, var drop) ->
              reach.reaches(admin, permission, server);
        };
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
    static Revocations of(RevocationList list, Predicate<RevocationEntry> visible) {
      return new Revocations(
          list.counter(),
          list.issuedAt(),
          list.entries().stream().filter(visible).map(Entry::of).toList());
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
