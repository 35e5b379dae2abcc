package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.HumanRoles;
import dev.alts.ca.humans.Limits;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.humans.Rights;
import dev.alts.ca.humans.Role;
import dev.alts.ca.humans.RoleAssignment;
import dev.alts.ca.humans.RoleChange;
import dev.alts.ca.humans.RoleRegistry;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

/** Who may do what: one's own rights, the roles of all, and their changes. */
@RestController
class RoleEndpoint implements ApprovedAct {
  private final RoleRegistry registry;
  private final HumanRoles roles;
  private final FourEyes fourEyes;
  private final AdminActs acts;

  RoleEndpoint(RoleRegistry registry, HumanRoles roles, FourEyes fourEyes, AdminActs acts) {
    this.registry = registry;
    this.roles = roles;
    this.fourEyes = fourEyes;
    this.acts = acts;
  }

  @GetMapping("/v1/self")
  Self self(@AuthenticationPrincipal AuthenticatedHuman human) {
    return new Self(
        human.name().text(),
        human.spiffeId().toString(),
        human.notAfter(),
        human.rights().held().stream().map(Held::of).toList(),
        human.rights().permissions().stream().map(Permission::text).sorted().toList());
  }

  @GetMapping("/v1/roles")
  ItemList<Assignment> list(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable String human,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    Optional<HumanName> wanted = Optional.ofNullable(human).map(HumanEndpoint::name);
    return FilteredPage.of(
        PageRequest.of(limit, after),
        (from, most) -> registry.list(wanted, id(from), most),
        found -> admin.rights().allow(Permission.HUMAN_READ, found.human().touched()),
        found -> Long.toString(found.id()),
        Assignment::of);
  }

  @PostMapping(path = "/v1/humans/{name}/roles", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  Assignment grant(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("name") String name,
      @RequestBody RoleText request) {
    HumanName human = HumanEndpoint.name(name);
    Rights.Held role = request.parsed();
    requireGrantable(admin, human, role);
    fourEyes.require(
        admin,
        new FourEyes.Act(
            ActKind.ROLE_GRANT,
            operation(),
            new Kept(human.text(), request),
            "%s: %s".formatted(human, role),
            Reason.require(request.reason())));
    return change(admin, human, request, "human.role.grant", roles::grant);
  }

  @PostMapping(path = "/v1/humans/{name}/roles/revoke", consumes = MediaType.APPLICATION_JSON_VALUE)
  Assignment revoke(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("name") String name,
      @RequestBody RoleText request) {
    return change(admin, HumanEndpoint.name(name), request, "human.role.revoke", roles::revoke);
  }

  /** What is decided again, behind the lock, when it is done. */
  private static void requireGrantable(
      AuthenticatedHuman human, HumanName target, Rights.Held role) {
    if (human.name().equals(target)) {
      throw refusal(new RoleChange.OwnRoles(), human, target, role);
    }
    if (!human.rights().allow(Permission.ROLE_CHANGE, target.touched())
        || !human.rights().contain(role)) {
      throw refusal(new RoleChange.BeyondOwnRights(), human, target, role);
    }
  }

  @Override
  public String operation() {
    return "roles";
  }

  @Override
  public void authorize(AuthenticatedHuman human, String request) {
    Kept kept = FourEyes.read(request, Kept.class);
    requireGrantable(human, HumanEndpoint.name(kept.human()), kept.request().parsed());
  }

  @Override
  public Object perform(AuthenticatedHuman requester, String request) {
    Kept kept = FourEyes.read(request, Kept.class);
    return grant(requester, kept.human(), kept.request());
  }

  /** A grant that waits for a second admin. */
  record Kept(String human, RoleText request) {}

  private interface Change {
    RoleChange make(HumanRoles.By by, HumanName human, Rights.Held role);
  }

  private Assignment change(
      AuthenticatedHuman admin, HumanName human, RoleText request, String act, Change change) {
    Rights.Held role = request.parsed();
    String reason = Reason.require(request.reason());
    HumanRoles.By by = new HumanRoles.By(admin.name(), admin.auditName(), reason);
    RoleChange outcome =
        acts.perform(
            admin,
            act,
            "%s: %s".formatted(human, role),
            reason,
            () -> change.make(by, human, role));
    if (outcome instanceof RoleChange.Changed(RoleAssignment assignment)) {
      return Assignment.of(assignment);
    }
    throw refusal(outcome, admin, human, role);
  }

  private static RefusedRequestException refusal(
      RoleChange outcome, AuthenticatedHuman admin, HumanName human, Rights.Held role) {
    return switch (outcome) {
      case RoleChange.Changed _ -> throw new AssertionError("that is no refusal");
      case RoleChange.NoSuchHuman() ->
          refused(
              HttpStatus.NOT_FOUND,
              "There is no such human.",
              "Enrol them first: altsctl human enrol " + human);
      case RoleChange.NotAssigned() ->
          refused(
              HttpStatus.NOT_FOUND,
              "%s does not have the role %s.".formatted(human, role),
              "altsctl human role list " + human);
      case RoleChange.OwnRoles() ->
          refused(HttpStatus.FORBIDDEN, "Nobody changes their own roles.", "Ask another admin.");
      case RoleChange.BeyondOwnRights() ->
          refused(
              HttpStatus.FORBIDDEN,
              "Nobody gives or takes a role, or limits, beyond their own. %s has %s."
                  .formatted(admin.name(), admin.rights().held()),
              "Ask a security-admin with wider limits.");
      case RoleChange.LastSecurityAdmin() ->
          refused(
              HttpStatus.CONFLICT,
              "%s is the last security-admin without limits who can log in.".formatted(human),
              "Give another human the role first.");
    };
  }

  private static RefusedRequestException refused(HttpStatus status, String detail, String hint) {
    return RefusedRequestException.of(status, detail, hint);
  }

  private static long id(String after) {
    if (after.isEmpty()) {
      return 0;
    }
    if (!after.matches("[0-9]{1,18}")) {
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
    return Long.parseLong(after);
  }

  /**
   * A role and its limits as somebody asks for it.
   *
   * @param pathPrefix of SPIFFE IDs; absent: no limit
   * @param machineLabels absent: no limit
   */
  record RoleText(
      @Nullable String role,
      @Nullable String pathPrefix,
      @Nullable Map<String, @Nullable String> machineLabels,
      @Nullable String reason) {
    Rights.Held parsed() {
      Role parsed =
          Role.parse(Objects.requireNonNullElse(role, ""))
              .orElseThrow(() ->
                  RefusedRequestException.badRequest(
                      "role: expected "
                          + Arrays.stream(Role.values())
                              .map(Role::text)
                              .collect(Collectors.joining(", "))));
      Map<String, String> labels = new TreeMap<>();
      Objects.requireNonNullElse(machineLabels, Map.<String, @Nullable String>of())
          .forEach((key, value) -> {
            if (value == null) {
              throw RefusedRequestException.badRequest("machineLabels: expected text for each key");
            }
            labels.put(key, value);
          });
      // An empty limit would be none: whoever lost it in a script must not give everything
      // (abuse-10).
      if (pathPrefix != null && pathPrefix.isEmpty()) {
        throw RefusedRequestException.badRequest(
            "pathPrefix: empty (expected: such as /prod/web, or not at all for no limit)");
      }
      try {
        return new Rights.Held(
            parsed, new Limits(Objects.requireNonNullElse(pathPrefix, ""), labels));
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
    }
  }

  /** A role that somebody has; empty limits are none. */
  record Held(String role, String pathPrefix, Map<String, String> machineLabels) {
    static Held of(Rights.Held held) {
      return new Held(
          held.role().text(), held.limits().pathPrefix(), held.limits().machineLabels());
    }
  }

  record Self(
      String name, String spiffeId, Instant notAfter, List<Held> roles, List<String> permissions) {}

  record Assignment(
      String human,
      String role,
      String pathPrefix,
      Map<String, String> machineLabels,
      String grantedBy,
      String reason,
      Instant grantedAt) {
    static Assignment of(RoleAssignment assignment) {
      return new Assignment(
          assignment.human().text(),
          assignment.role().text(),
          assignment.limits().pathPrefix(),
          assignment.limits().machineLabels(),
          assignment.grantedBy(),
          assignment.reason(),
          assignment.grantedAt());
    }
  }
}
