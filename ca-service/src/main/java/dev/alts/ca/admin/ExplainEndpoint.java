package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.ca.machine.CallExplanations;
import dev.alts.ca.machine.Explanations;
import dev.alts.ca.machine.Refusals;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.fact.FactSet;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
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

/** Why: for a certificate, a request that was or could be made, a refusal, and a call. */
@RestController
class ExplainEndpoint {
  private static final Pattern BY_RULE = Pattern.compile("rule \\S+ of version ([0-9]{1,18})");
  private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{1,40}");

  private final Explanations explanations;
  private final CallExplanations calls;
  private final Refusals refusals;
  private final IssuedCertificates certificates;
  private final WithinReach reach;
  private final PastTime time;

  ExplainEndpoint(
      Explanations explanations,
      CallExplanations calls,
      Refusals refusals,
      IssuedCertificates certificates,
      WithinReach reach,
      PastTime time) {
    this.reach = reach;
    this.explanations = explanations;
    this.calls = calls;
    this.refusals = refusals;
    this.certificates = certificates;
    this.time = time;
  }

  @GetMapping("/v1/explain/svids/{serial}")
  ExplanationText certificate(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("serial") String serial,
      @RequestParam @Nullable String at) {
    if (!SERIAL.matcher(serial).matches()) {
      throw RefusedRequestException.badRequest("serial: expected up to 40 lower-case hex digits");
    }
    return explain(
        admin,
        certificates
            .find(serial)
            .filter(found -> reach.reaches(admin, Permission.FLEET_READ, found))
            .orElseThrow(() -> notFound("There is no such certificate any more.", "svid list")),
        at);
  }

  /** Of an identity the certificate that is or was its newest live one. */
  @GetMapping("/v1/explain/svids")
  ExplanationText identity(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam("spiffeId") String spiffeId,
      @RequestParam @Nullable String machine,
      @RequestParam @Nullable String at) {
    SpiffeId id = id("spiffeId", spiffeId);
    Instant then = time.orNow(at);
    return explain(
        admin,
        explanations
            .newest(id, machine == null ? "" : MachineEndpoint.name(machine).text(), then)
            .filter(found -> reach.reaches(admin, Permission.FLEET_READ, found))
            .orElseThrow(() ->
                notFound(
                    "Nobody held a certificate of %s at %s.".formatted(id, then),
                    "svid list --expired, or altsctl explain denials")),
        at);
  }

  private ExplanationText explain(
      AuthenticatedHuman admin, RecordedCertificate certificate, @Nullable String at) {
    return text(
        admin,
        "%s on %s, issued %s by %s"
            .formatted(
                certificate.subject(),
                certificate.machine().isEmpty() ? "no machine" : certificate.machine(),
                certificate.issuedAt(),
                certificate.authorizedBy()),
        why(certificate, at));
  }

  /** Who else holds an identity is no matter of those who see a part of the fleet. */
  private static ExplanationText text(
      AuthenticatedHuman admin, String subject, Explanations.Outcome outcome) {
    return ExplanationText.of(
        subject, outcome, admin.rights().allowEverywhere(Permission.FLEET_READ));
  }

  private Explanations.Outcome why(RecordedCertificate certificate, @Nullable String at) {
    if (at != null && !at.isEmpty()) {
      return explanations.certificate(certificate, time.orNow(at));
    }
    Matcher authorized = BY_RULE.matcher(certificate.authorizedBy());
    // The ledger names the version: its time has whole seconds, within one there can be two.
    return authorized.matches()
        ? explanations.certificate(certificate, Long.parseLong(authorized.group(1)), time.now())
        : explanations.certificate(certificate, time.now());
  }

  @PostMapping(path = "/v1/explain/requests", consumes = MediaType.APPLICATION_JSON_VALUE)
  ExplanationText request(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody Request request) {
    if (request.machine() == null || request.facts() == null) {
      throw RefusedRequestException.badRequest("machine, facts: expected both");
    }
    MachineName machine = MachineEndpoint.name(request.machine());
    reach.requireMachine(admin, Permission.FLEET_READ, machine);
    Instant at = time.orNow(request.at());
    try {
      FactSet facts = StatedFacts.parse(request.facts());
      if (!Objects.requireNonNullElse(request.last(), false)) {
        return text(admin, "a process of " + machine, explanations.request(machine, facts, at));
      }
      return explanations
          .lastRequest(machine, facts, at)
          .map(outcome -> text(admin, "the last request of a process of " + machine, outcome))
          .orElseThrow(() ->
              notFound(
                  "The agent of %s said nothing like it that is still known.".formatted(machine),
                  "explain denials --machine " + machine));
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
        (from, most) ->
            refusals.list(wanted, from.isEmpty() ? Long.MAX_VALUE : number("after", from), most),
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
            .find(number("id", id))
            .filter(kept -> reach.reaches(admin, Permission.FLEET_READ, kept.machine()))
            .orElseThrow(() -> notFound("There is no such refusal any more.", "explain denials"));
    return text(
        admin,
        "%s refused at %s, %s: %s"
            .formatted(
                refusal.machine(), refusal.refusedAt(), refusal.reason(), refusal.explanation()),
        at == null || at.isEmpty()
            ? explanations.refusal(refusal)
            : explanations.refusal(refusal, time.orNow(at)));
  }

  @GetMapping("/v1/explain/authorization")
  ExplanationText.CallText authorization(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam("client") String client,
      @RequestParam("server") String server,
      @RequestParam @Nullable String target,
      @RequestParam @Nullable String at) {
    CallExplanations.Call call =
        new CallExplanations.Call(
            id("client", client),
            id("server", server),
            Objects.requireNonNullElse(target, ""),
            time.orNow(at));
    reach.requireIdentity(admin, Permission.FLEET_READ, call.client());
    reach.requireIdentity(admin, Permission.FLEET_READ, call.server());
    try {
      return ExplanationText.ofCall(
          "%s calls %s".formatted(call.client(), call.server()), call.at(), calls.explain(call));
    } catch (IllegalArgumentException e) {
      // A target that is none.
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static SpiffeId id(String name, String text) {
    try {
      return SpiffeId.parse(text);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(name + ": expected a SPIFFE ID");
    }
  }

  private static long number(String name, String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw RefusedRequestException.badRequest(name + ": expected a number");
    }
    return Long.parseLong(text);
  }

  private static RefusedRequestException notFound(String detail, String command) {
    return RefusedRequestException.of(HttpStatus.NOT_FOUND, detail, "altsctl " + command);
  }

  /**
   * A process, as its agent would describe it.
   *
   * @param last the process of which its agent last said these facts, with all that it said
   */
  record Request(
      @Nullable String machine,
      @Nullable Map<String, Object> facts,
      @Nullable String at,
      @Nullable Boolean last) {}

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
