package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.ca.machine.Explanations;
import dev.alts.ca.machine.Refusals;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Why: for a certificate, a request that was or could be made, and a refusal. */
@RestController
class ExplainEndpoint {
  private static final Pattern BY_RULE = Pattern.compile("rule \\S+ of version ([0-9]{1,18})");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private final Explanations explanations;
  private final Refusals refusals;
  private final IssuedCertificates certificates;
  private final RevokedInForce revoked;
  private final WithinReach reach;
  private final InstantSource clock;

  ExplainEndpoint(
      Explanations explanations,
      Refusals refusals,
      IssuedCertificates certificates,
      RevokedInForce revoked,
      WithinReach reach,
      InstantSource clock) {
    this.explanations = explanations;
    this.refusals = refusals;
    this.certificates = certificates;
    this.revoked = revoked;
    this.reach = reach;
    this.clock = clock;
  }

  @GetMapping("/v1/explain/svids/{serial}")
  ExplanationText certificate(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("serial") String serial,
      @RequestParam @Nullable String at) {
    RecordedCertificate certificate =
        certificates
            .search(
                SvidSearch.bySerial(serial).query(PageRequest.of(1, null), revoked.things()),
                reach.ledger(admin, Permission.FLEET_READ))
            .items()
            .stream()
            .findFirst()
            .orElseThrow(() -> notFound("There is no such certificate any more.", "svid list"));
    return ExplanationText.of(
        "%s on %s, issued %s by %s"
            .formatted(
                certificate.subject(),
                certificate.machine().isEmpty() ? "no machine" : certificate.machine(),
                certificate.issuedAt(),
                certificate.authorizedBy()),
        why(certificate, at));
  }

  private Explanations.Outcome why(RecordedCertificate certificate, @Nullable String at) {
    Matcher authorized = BY_RULE.matcher(certificate.authorizedBy());
    // The ledger names the version: its time has whole seconds, within one there can be two.
    return at == null && authorized.matches()
        ? explanations.certificate(
            certificate.revocationId(), certificate.issuedAt(), Long.parseLong(authorized.group(1)))
        : explanations.certificate(certificate.revocationId(), time(at, certificate.issuedAt()));
  }

  @PostMapping(path = "/v1/explain/requests", consumes = MediaType.APPLICATION_JSON_VALUE)
  ExplanationText request(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody Request request) {
    if (request.machine() == null || request.facts() == null) {
      throw RefusedRequestException.badRequest("machine, facts: expected both");
    }
    reach.requireMachine(admin, Permission.FLEET_READ, MachineEndpoint.name(request.machine()));
    try {
      return ExplanationText.of(
          "a process of " + MachineEndpoint.name(request.machine()),
          explanations.request(
              MachineEndpoint.name(request.machine()),
              StatedFacts.parse(request.facts()),
              time(request.at(), clock.instant())));
    } catch (IllegalArgumentException e) {
      // A fact of another type than the catalogue's, or one that no agent may state.
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  @GetMapping("/v1/explain/denials")
  ItemList<Denial> denials(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable String machine,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    String wanted = machine == null ? "" : MachineEndpoint.name(machine).text();
    return FilteredPage.of(
        PageRequest.of(limit, after),
        (from, most) -> refusals.list(wanted, from.isEmpty() ? Long.MAX_VALUE : id(from), most),
        refusal -> reach.reaches(admin, Permission.FLEET_READ, refusal.machine()),
        refusal -> Long.toString(refusal.id()),
        Denial::of);
  }

  @GetMapping("/v1/explain/denials/{id}")
  ExplanationText denial(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("id") String id,
      @RequestParam @Nullable String at) {
    Refusals.Kept refusal =
        refusals
            .find(id(id))
            .filter(kept -> reach.reaches(admin, Permission.FLEET_READ, kept.machine()))
            .orElseThrow(() -> notFound("There is no such refusal any more.", "explain denials"));
    return ExplanationText.of(
        "%s refused at %s, %s: %s"
            .formatted(
                refusal.machine(), refusal.refusedAt(), refusal.reason(), refusal.explanation()),
        at == null
            ? explanations.refusal(refusal)
            : explanations.refusal(refusal, time(at, refusal.refusedAt())));
  }

  private static long id(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw RefusedRequestException.badRequest("id: expected a number");
    }
  }

  private static Instant time(@Nullable String text, Instant otherwise) {
    try {
      Instant time = text == null || text.isEmpty() ? otherwise : Instant.parse(text);
      // Beyond these the database has no times.
      if (time.isBefore(Instant.EPOCH) || time.isAfter(LAST)) {
        throw new DateTimeException("out of range");
      }
      return time;
    } catch (DateTimeException e) {
      throw RefusedRequestException.badRequest("at: expected a time such as 2026-11-24T12:00:00Z");
    }
  }

  private static RefusedRequestException notFound(String detail, String command) {
    return RefusedRequestException.of(HttpStatus.NOT_FOUND, detail, "altsctl " + command);
  }

  record Request(
      @Nullable String machine, @Nullable Map<String, Object> facts, @Nullable String at) {}

  record Denial(
      long id,
      String machine,
      String reason,
      String explanation,
      long ruleVersion,
      Instant refusedAt) {
    static Denial of(Refusals.Kept refusal) {
      return new Denial(
          refusal.id(),
          refusal.machine().text(),
          refusal.reason(),
          refusal.explanation(),
          refusal.ruleVersion(),
          refusal.refusedAt());
    }
  }
}
