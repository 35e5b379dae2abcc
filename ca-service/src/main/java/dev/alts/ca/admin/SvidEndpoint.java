package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.issuance.IdentityInventory;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.RecordedCertificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ledger: what was issued, as far as it is kept. */
@RestController
class SvidEndpoint {
  private final IssuedCertificates certificates;
  private final RevokedInForce revoked;
  private final WithinReach reach;

  SvidEndpoint(IssuedCertificates certificates, RevokedInForce revoked, WithinReach reach) {
    this.certificates = certificates;
    this.revoked = revoked;
    this.reach = reach;
  }

  @GetMapping("/v1/svids")
  ItemList<Svid> search(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @ModelAttribute SvidSearch search,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    IssuedCertificates.Page found =
        certificates.search(
            search.query(PageRequest.of(limit, after), revoked.things()),
            reach.ledger(admin, Permission.FLEET_READ));
    return new ItemList<>(
        found.items().stream().map(Svid::of).toList(),
        found.next().isEmpty() ? null : found.next());
  }

  @GetMapping("/v1/svids/{serial}")
  Svid find(
      @AuthenticationPrincipal AuthenticatedHuman admin, @PathVariable("serial") String serial) {
    SvidSearch search = SvidSearch.bySerial(serial);
    return certificates
        .search(
            search.query(PageRequest.of(1, null), revoked.things()),
            reach.ledger(admin, Permission.FLEET_READ))
        .items()
        .stream()
        .findFirst()
        .map(Svid::of)
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND,
                "There is no such certificate within your reach, or it expired longer ago than the"
                    + " ledger keeps.",
                null));
  }

  /** What exists, by identity: how much, where, until when, and what nobody renewed. */
  @GetMapping("/v1/inventory")
  ItemList<Inventory> inventory(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable String prefix,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    PageRequest page = PageRequest.of(limit, after);
    List<Inventory> found =
        certificates
            .inventory(
                Objects.requireNonNullElse(prefix, ""),
                reach.ledger(admin, Permission.FLEET_READ),
                page.after(),
                page.limit() + 1)
            .stream()
            .map(Inventory::of)
            .toList();
    boolean more = found.size() > page.limit();
    List<Inventory> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(items, more ? items.getLast().spiffeId() : null);
  }

  record Inventory(
      String spiffeId,
      long certificates,
      long machines,
      long neverRenewed,
      Instant newest,
      Instant lastExpiry) {
    static Inventory of(IdentityInventory identity) {
      return new Inventory(
          identity.spiffeId(),
          identity.certificates(),
          identity.machines(),
          identity.neverRenewed(),
          identity.newest(),
          identity.lastExpiry());
    }
  }

  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Svid(
      String serial,
      String revocationId,
      String spiffeId,
      String profile,
      String boundary,
      String machine,
      String authorizedBy,
      String requester,
      String incarnation,
      Instant issuedAt,
      Instant notAfter,
      boolean revoked) {
    static Svid of(RecordedCertificate certificate) {
      return new Svid(
          certificate.serial(),
          certificate.revocationId().toString(),
          certificate.subject().toString(),
          certificate.profile().name(),
          certificate.boundary(),
          certificate.machine(),
          certificate.authorizedBy(),
          certificate.requester(),
          certificate.incarnation().toString(),
          certificate.issuedAt(),
          certificate.notAfter(),
          certificate.revoked());
    }
  }
}
