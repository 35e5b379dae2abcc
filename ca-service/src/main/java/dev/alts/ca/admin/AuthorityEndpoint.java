package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.authority.AuthorityStatus;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.rotation.KindName;
import dev.alts.ca.rotation.Obstacle;
import dev.alts.ca.rotation.RotationOutcome;
import dev.alts.ca.rotation.RotationRequest;
import dev.alts.ca.rotation.RotationStep;
import dev.alts.ca.rotation.Rotations;
import dev.alts.identity.EntityKind;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Issuing authorities: what there is, what is in the way of a step, and the steps. */
@RestController
class AuthorityEndpoint implements ApprovedAct {
  private final Rotations rotations;
  private final FourEyes fourEyes;
  private final AdminActs acts;

  AuthorityEndpoint(Rotations rotations, FourEyes fourEyes, AdminActs acts) {
    this.rotations = rotations;
    this.fourEyes = fourEyes;
    this.acts = acts;
  }

  @GetMapping("/v1/authorities")
  Authorities list() {
    return new Authorities(rotations.list().stream().map(AuthorityView::of).toList(), null);
  }

  /** Who would be left behind by a step now, all of them. */
  @GetMapping("/v1/authorities/obstacles")
  Obstacles obstacles(
      @RequestParam("step") String step, @RequestParam("kind") @Nullable List<String> kinds) {
    return new Obstacles(rotations.obstacles(step(step), kinds(kinds)), null);
  }

  @PostMapping(path = "/v1/authorities/{step}", consumes = MediaType.APPLICATION_JSON_VALUE)
  Moved take(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("step") String stepText,
      @RequestBody StepText request) {
    RotationStep step = step(stepText);
    Set<EntityKind> kinds = kinds(request.kinds());
    String reason = Reason.require(request.reason());
    requireSecondAdmin(admin, step, request, reason);
    RotationRequest wanted =
        new RotationRequest(step, kinds, request.isForced(), admin.auditName());
    RotationOutcome outcome =
        acts.perform(
            admin,
            "authority." + name(step) + (request.isForced() ? " by force" : ""),
            kinds.stream().map(KindName::of).sorted().collect(Collectors.joining(", ")),
            reason,
            () -> rotations.take(wanted));
    return switch (outcome) {
      case RotationOutcome.Done(var authorities, var sequence) ->
          new Moved(authorities.stream().map(AuthorityView::of).toList(), sequence);
      case RotationOutcome.Hindered hindered ->
          throw Hindrance.of(
              hindered,
              "Wait and try again, see all: altsctl authority check %s, or do it all the same: --force."
                  .formatted(name(step)));
      case RotationOutcome.OutOfTurn outOfTurn ->
          throw Hindrance.of(outOfTurn, "altsctl authority list");
    };
  }

  private void requireSecondAdmin(
      AuthenticatedHuman admin, RotationStep step, StepText request, String reason) {
    String target =
        "%s authorities: %s"
            .formatted(
                name(step),
                kinds(request.kinds()).stream()
                    .map(KindName::of)
                    .sorted()
                    .collect(Collectors.joining(", ")));
    Kept kept = new Kept(name(step), request);
    switch (step) {
      case PREPARE, ACTIVATE -> {}
      case TAINT ->
          fourEyes.require(
              admin, new FourEyes.Act(ActKind.TAINT, operation(), kept, target, reason));
      case REVOKE ->
          fourEyes.require(
              admin, new FourEyes.Act(ActKind.REVOKE, operation(), kept, target, reason));
    }
  }

  @Override
  public String operation() {
    return "authorities";
  }

  @Override
  public void authorize(AuthenticatedHuman human, String request) {
    WithinReach.requirePermission(human, Permission.AUTHORITY_CHANGE);
  }

  @Override
  public Object perform(AuthenticatedHuman requester, String request) {
    Kept kept = FourEyes.read(request, Kept.class);
    return take(requester, kept.step(), kept.request());
  }

  /** A step that waits for a second admin. */
  record Kept(String step, StepText request) {}

  private static RotationStep step(String text) {
    return Stream.of(RotationStep.values())
        .filter(step -> name(step).equals(text))
        .findFirst()
        .orElseThrow(() ->
            RefusedRequestException.badRequest(
                "step: expected prepare, activate, taint or revoke"));
  }

  private static String name(RotationStep step) {
    return step.name().toLowerCase(Locale.ROOT);
  }

  /** No kind means all of them: the whole fleet by one call. */
  private static Set<EntityKind> kinds(@Nullable List<String> texts) {
    if (texts == null) {
      return EnumSet.allOf(EntityKind.class);
    }
    // An empty list is refused: a script that lost its kinds must not move the fleet (abuse-10).
    if (texts.isEmpty() || texts.size() > EntityKind.values().length) {
      throw RefusedRequestException.badRequest(
          "kinds: expected machine, workload or human, or no list for all");
    }
    return texts.stream()
        .map(text ->
            KindName.parse(text)
                .orElseThrow(() ->
                    RefusedRequestException.badRequest(
                        "kinds: expected machine, workload or human")))
        .collect(Collectors.toSet());
  }

  /**
   * @param kinds absent: all
   * @param force whether it is done even if somebody is left behind; absent: not
   */
  record StepText(@Nullable List<String> kinds, @Nullable Boolean force, @Nullable String reason) {
    @JsonIgnore
    boolean isForced() {
      return Boolean.TRUE.equals(force);
    }
  }

  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Authorities(List<AuthorityView> items, @Nullable String next) {}

  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Obstacles(List<Obstacle> items, @Nullable String next) {}

  /**
   * @param sequence of the trust document that says so
   */
  record Moved(List<AuthorityView> authorities, long sequence) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record AuthorityView(
      String id,
      String kind,
      @Nullable String slot,
      String state,
      String sha256,
      Instant notAfter,
      Instant preparedAt,
      @Nullable Instant activatedAt,
      @Nullable Instant retiredAt,
      @Nullable Instant taintedAt) {
    static AuthorityView of(AuthorityStatus authority) {
      return new AuthorityView(
          authority.id().toString(),
          KindName.of(authority.kind()),
          authority.slot() == null ? null : authority.slot().name().toLowerCase(Locale.ROOT),
          authority.life().name().toLowerCase(Locale.ROOT),
          authority.spkiSha256().toHex(),
          authority.notAfter(),
          authority.preparedAt(),
          authority.activatedAt(),
          authority.retiredAt(),
          authority.taintedAt());
    }
  }
}
