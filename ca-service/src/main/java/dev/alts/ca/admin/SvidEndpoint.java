package dev.alts.ca.admin;

import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.RecordedCertificate;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was issued and has not expired. */
@RestController
class SvidEndpoint {
  private final IssuedCertificates certificates;

  SvidEndpoint(IssuedCertificates certificates) {
    this.certificates = certificates;
  }

  @GetMapping("/v1/svids")
  ItemList<Svid> search(
      @RequestParam @Nullable String machine,
      @RequestParam @Nullable String identity,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    PageRequest page = PageRequest.of(limit, after);
    IssuedCertificates.Page found =
        certificates.search(
            new IssuedCertificates.Query(
                Objects.requireNonNullElse(machine, ""),
                Objects.requireNonNullElse(identity, ""),
                page.limit(),
                page.after()));
    return new ItemList<>(
        found.items().stream().map(Svid::of).toList(),
        found.next().isEmpty() ? null : found.next());
  }

  record Svid(
      String serial,
      String revocationId,
      String spiffeId,
      String profile,
      String boundary,
      String machine,
      String authorizedBy,
      Instant issuedAt,
      Instant notAfter) {
    static Svid of(RecordedCertificate certificate) {
      return new Svid(
          certificate.serial(),
          certificate.revocationId().toString(),
          certificate.subject().toString(),
          certificate.profile().name(),
          certificate.boundary(),
          certificate.machine(),
          certificate.authorizedBy(),
          certificate.issuedAt(),
          certificate.notAfter());
    }
  }
}
