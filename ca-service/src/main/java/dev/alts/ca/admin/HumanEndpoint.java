package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.approvals.Approvals;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.Human;
import dev.alts.ca.humans.HumanEnrolment;
import dev.alts.ca.humans.HumanLifecycle;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.HumanRegistry;
import dev.alts.ca.humans.HumanRoles;
import dev.alts.ca.humans.Invitation;
import dev.alts.ca.humans.Limits;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.humans.Rights;
import dev.alts.ca.humans.Role;
import dev.alts.identity.document.BootstrapToken;
import java.time.Instant;
import java.util.List;
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

/** Humans: list, enrol, disable, enable. */
@RestController
class HumanEndpoint {
  private final HumanRegistry humans;
  private final HumanEnrolment enrolment;
  private final HumanLifecycle lifecycle;
  private final HumanRoles roles;
  private final Approvals approvals;
  private final AdminActs acts;

  HumanEndpoint(
      HumanRegistry humans,
      HumanEnrolment enrolment,
      HumanLifecycle lifecycle,
      HumanRoles roles,
      Approvals approvals,
      AdminActs acts) {
    this.humans = humans;
    this.enrolment = enrolment;
    this.lifecycle = lifecycle;
    this.roles = roles;
    this.approvals = approvals;
    this.acts = acts;
  }

  @GetMapping("/v1/humans")
  ItemList<HumanView> list(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    return FilteredPage.of(
        PageRequest.of(limit, after),
        (from, most) -> humans.list(from.isEmpty() ? null : name(from), most),
        human -> admin.rights().allow(Permission.HUMAN_READ, human.name().touched()),
        human -> human.name().text(),
        HumanView::of);
  }

  @PostMapping(path = "/v1/humans/{name}/enrolments", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  EnrolmentCode enrol(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("name") String text,
      @RequestBody EnrolmentRequest request) {
    HumanName name = name(text);
    requireMayManage(admin, name);
    Rights given =
        request.admin()
            ? new Rights(List.of(new Rights.Held(Role.SECURITY_ADMIN, Limits.NONE)))
            : Rights.NONE;
    if (!admin.rights().contain(given)) {
      throw beyondOwnRights(admin);
    }
    if (request.admin() && approvals.areNeededFor(ActKind.ROLE_GRANT)) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "Giving a role takes two admins here, and a code is shown to one.",
          "altsctl human enrol %1$s; altsctl human role grant %1$s security-admin".formatted(name));
    }
    EnrolmentPurpose purpose = request.admin() ? EnrolmentPurpose.ADMIN : EnrolmentPurpose.MEMBER;
    Invitation invitation =
        acts.perform(
            admin,
            "human.enrol",
            name.text(),
            purpose.name(),
            () ->
                roles
                    .managing(
                        admin.name(),
                        name,
                        given,
                        () -> enrolment.invite(name, purpose, admin.auditName()))
                    .orElseThrow(() -> beyondOwnRights(admin)));
    return switch (invitation) {
      case Invitation.Invited(BootstrapToken code, Instant expiresAt) -> {
        try (code) {
          yield new EnrolmentCode(code.exposeText(), expiresAt);
        }
      }
      case Invitation.HumanDisabled() ->
          throw RefusedRequestException.of(
              HttpStatus.CONFLICT, "This human is disabled.", "Enable the human first.");
      case Invitation.NotTheFirstAdmin() ->
          throw new AssertionError("only the operator socket invites a first admin");
    };
  }

  @PostMapping(path = "/v1/humans/{name}/disable", consumes = MediaType.APPLICATION_JSON_VALUE)
  HumanView disable(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("name") String text,
      @RequestBody Reason reason) {
    HumanName name = name(text);
    requireMayManage(admin, name);
    if (name.equals(admin.name())) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "Nobody disables themselves: somebody must be left who can undo it.",
          "Ask another admin.");
    }
    return view(
        name,
        acts.perform(
            admin,
            "human.disable",
            name.text(),
            reason.text(),
            () -> lifecycle.disable(name, reason.text(), admin.auditName())));
  }

  @PostMapping(path = "/v1/humans/{name}/enable", consumes = MediaType.APPLICATION_JSON_VALUE)
  HumanView enable(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("name") String text,
      @RequestBody Reason reason) {
    HumanName name = name(text);
    requireMayManage(admin, name);
    return view(
        name,
        acts.perform(
            admin,
            "human.enable",
            name.text(),
            reason.text(),
            () ->
                roles
                    .managing(admin.name(), name, Rights.NONE, () -> lifecycle.enable(name))
                    .orElseThrow(() -> beyondOwnRights(admin))));
  }

  /** Who can enrol, disable or enable somebody can become them, or disarm them. */
  private void requireMayManage(AuthenticatedHuman admin, HumanName name) {
    if (!roles.mayManage(admin.name(), name, Permission.HUMAN_CHANGE)) {
      throw beyondOwnRights(admin);
    }
  }

  private static RefusedRequestException beyondOwnRights(AuthenticatedHuman admin) {
    return RefusedRequestException.of(
        HttpStatus.FORBIDDEN,
        "Nobody acts upon a human who may more, or is outside of their limits. You have %s."
            .formatted(admin.rights().held()),
        "Ask a security-admin with wider limits.");
  }

  private HumanView view(HumanName name, boolean changed) {
    return humans
        .find(name)
        .filter(human -> changed)
        .map(HumanView::of)
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND, "There is no such human, or not in that state.", null));
  }

  static HumanName name(String text) {
    try {
      return new HumanName(text);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(
          "name: expected 1 to 63 of a-z, 0-9, '.', '-', '_', first and last a-z or 0-9");
    }
  }

  record EnrolmentRequest(boolean admin) {}

  /** Answer to an enrolment; shown once. */
  record EnrolmentCode(String code, Instant expiresAt) {
    @Override
    public String toString() {
      return "EnrolmentCode[redacted, expiresAt=" + expiresAt + "]";
    }
  }

  record HumanView(
      String name,
      boolean admin,
      boolean disabled,
      @Nullable Instant enrolledAt,
      @Nullable Instant lastLoginAt,
      @Nullable Instant disabledAt) {
    static HumanView of(Human human) {
      return new HumanView(
          human.name().text(),
          human.admin(),
          human.isDisabled(),
          human.enrolledAt(),
          human.lastLoginAt(),
          human.disabledAt());
    }
  }
}
