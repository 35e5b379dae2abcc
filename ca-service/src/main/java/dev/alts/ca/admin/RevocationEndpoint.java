package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RecordedRevocation;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.revocation.RevocationReceipt;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What is taken back: revoke, and read the list in force. */
@RestController
class RevocationEndpoint implements ApprovedAct {
  private final RevocationService revocations;
  private final RevocationLists lists;
  private final TrustDocuments trustDocuments;
  private final RevocationScope scope;
  private final FourEyes fourEyes;
  private final AdminActs acts;

  RevocationEndpoint(
      RevocationService revocations,
      RevocationLists lists,
      TrustDocuments trustDocuments,
      RevocationScope scope,
      FourEyes fourEyes,
      AdminActs acts) {
    this.revocations = revocations;
    this.lists = lists;
    this.trustDocuments = trustDocuments;
    this.scope = scope;
    this.fourEyes = fourEyes;
    this.acts = acts;
  }

  @PostMapping(path = "/v1/revocations", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Revoked revoke(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody RevocationText request) {
    RevocationTarget target = request.target();
    scope.require(admin, Permission.REVOCATION_CHANGE, target);
    boolean ban = request.requireBan(target);
    ReasonCode code = request.code();
    String reason = Reason.require(request.reason());
    fourEyes.require(
        admin,
        new FourEyes.Act(
            ban ? ActKind.BAN : ActKind.REVOKE, operation(), request, target.describe(), reason));
    return Revoked.of(
        acts.perform(
            admin,
            ban ? "revoke and ban" : "revoke",
            target.describe(),
            reason,
            () ->
                revocations.revoke(
                    new RevocationRequest(target, ban, code, admin.auditName(), reason))));
  }

  @Override
  public String operation() {
    return "revocations";
  }

  @Override
  public void authorize(AuthenticatedHuman human, String request) {
    WithinReach.requirePermission(human, Permission.REVOCATION_CHANGE);
    scope.require(
        human, Permission.REVOCATION_CHANGE, FourEyes.read(request, RevocationText.class).target());
  }

  @Override
  public Object perform(AuthenticatedHuman requester, String request) {
    return revoke(requester, FourEyes.read(request, RevocationText.class));
  }

  /** The entries in force, the newest first; counter and time are those of the signed list. */
  @GetMapping("/v1/revocations")
  Revocations read(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    ItemList<Entry> page =
        FilteredPage.of(
            PageRequest.of(limit, after),
            (behind, most) -> revocations.inForce(position(behind), most),
            revocation -> scope.shows(admin, revocation.target()),
            revocation -> cursor(revocation.position()),
            Entry::of);
    Optional<RevocationList> list = lists.current().map(this::open);
    return new Revocations(
        list.map(RevocationList::counter).orElse(0L),
        list.map(RevocationList::issuedAt).orElse(null),
        page.items(),
        page.next());
  }

  @GetMapping("/v1/revocations/{id}")
  Entry show(@AuthenticationPrincipal AuthenticatedHuman admin, @PathVariable String id) {
    return revocations
        .find(uuid(id))
        .filter(revocation -> scope.shows(admin, revocation.target()))
        .map(Entry::of)
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND,
                "There is no such entry in force that you may see.",
                "altsctl revocation list"));
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest("id: expected the ID of an entry");
    }
  }

  private static String cursor(RecordedRevocation.Position position) {
    return position.createdAt() + "_" + position.id();
  }

  private static Optional<RecordedRevocation.Position> position(String cursor) {
    if (cursor.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = cursor.split("_", 2);
    try {
      return Optional.of(
          new RecordedRevocation.Position(Instant.parse(parts[0]), UUID.fromString(parts[1])));
    } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
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

  /**
   * A part of the list in force.
   *
   * @param counter of the signed list
   * @param next what to ask for as {@code after}; null: this is the end
   */
  record Revocations(
      long counter, @Nullable Instant issuedAt, List<Entry> items, @Nullable String next) {}

  /**
   * @param before only what is older is void; absent: whatever its age
   * @param reasonCode of RFC 5280, by name
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Entry(
      UUID id,
      String kind,
      String what,
      @Nullable Instant before,
      Instant dropAfter,
      String reasonCode,
      String reason,
      String author,
      Instant revokedAt) {
    static Entry of(RecordedRevocation revocation) {
      RevocationTarget target = revocation.target();
      String kind = RevocationText.kindOf(target);
      return new Entry(
          revocation.id(),
          kind,
          target.describe().substring(kind.length() + 1),
          revocation.before().orElse(null),
          revocation.dropAfter(),
          revocation.code().text(),
          revocation.reason(),
          revocation.author(),
          revocation.createdAt());
    }
  }
}
