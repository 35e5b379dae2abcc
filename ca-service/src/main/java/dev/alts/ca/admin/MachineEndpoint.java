package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.CopiedCredentials;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.humans.Permission;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Machines that attested. */
@RestController
class MachineEndpoint {
  private final MachineRegistry machines;
  private final Grants grants;
  private final WithinReach reach;
  private final AdminActs acts;

  MachineEndpoint(MachineRegistry machines, Grants grants, WithinReach reach, AdminActs acts) {
    this.machines = machines;
    this.grants = grants;
    this.reach = reach;
    this.acts = acts;
  }

  @GetMapping("/v1/machines")
  ItemList<MachineView> list(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    PageRequest page = PageRequest.of(limit, after);
    Optional<MachineName> behind =
        page.after().isEmpty() ? Optional.empty() : Optional.of(name(page.after()));
    List<Machine> found =
        admin.rights().allowEverywhere(Permission.FLEET_READ)
            ? machines.list(behind, page.limit() + 1)
            : reach.machines(admin, Permission.FLEET_READ, behind, page.limit() + 1);
    boolean more = found.size() > page.limit();
    List<Machine> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(
        items.stream().map(MachineView::of).toList(), more ? items.getLast().name().text() : null);
  }

  /** Has the machine's agent ask again for everything that it holds for its processes. */
  @PostMapping("/v1/machines/{name}/rotate")
  Rotated rotate(
      @AuthenticationPrincipal AuthenticatedHuman admin, @PathVariable("name") String text) {
    MachineName name = name(text);
    var _ = reach.machine(admin, Permission.FLEET_OPERATE, name);
    return new Rotated(
        name.text(),
        acts.perform(
            admin,
            "machine.rotate",
            name.text(),
            "",
            () -> grants.rotateMachine(name, "rotation by an admin")));
  }

  record Rotated(String machine, int grants) {}

  static MachineName name(String text) {
    try {
      return new MachineName(text);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(
          "machine: expected 1 to 63 of a-z, 0-9, '.', '-', '_'");
    }
  }

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record MachineView(
      String name,
      String boundary,
      Map<String, String> labels,
      String attestor,
      String agentVersion,
      Instant attestedAt,
      Instant lastSeenAt,
      boolean banned,
      @Nullable Copied copied) {
    static MachineView of(Machine machine) {
      return new MachineView(
          machine.name().text(),
          machine.properties().boundary(),
          machine.properties().labels(),
          machine.attestor(),
          machine.agentVersion(),
          machine.attestedAt(),
          machine.lastSeen(),
          machine.banned(),
          Copied.of(machine.copied()));
    }
  }

  /**
   * That the machine was stopped because its credentials had two users.
   *
   * @param evidence what showed it
   */
  record Copied(Instant detectedAt, String evidence) {
    static @Nullable Copied of(@Nullable CopiedCredentials copied) {
      return copied == null ? null : new Copied(copied.detectedAt(), copied.evidence());
    }
  }
}
