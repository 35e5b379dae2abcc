package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.revocation.BannedIdentity;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Bans: which identities have one, and lifting it from an identity or a machine. */
@RestController
class BanEndpoint {
  private final RevocationService revocations;
  private final MachineRegistry machines;
  private final WithinReach reach;
  private final AdminActs acts;

  BanEndpoint(
      RevocationService revocations, MachineRegistry machines, WithinReach reach, AdminActs acts) {
    this.revocations = revocations;
    this.machines = machines;
    this.reach = reach;
    this.acts = acts;
  }

  /** Machines are not in it: their own list says which are banned. */
  @GetMapping("/v1/bans")
  ItemList<Ban> list(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    PageRequest page = PageRequest.of(limit, after);
    List<BannedIdentity> found =
        revocations.bans().stream()
            .filter(ban -> reach.reaches(admin, Permission.REVOCATION_READ, ban.id()))
            .filter(ban -> ban.id().toString().compareTo(page.after()) > 0)
            .sorted(Comparator.comparing(ban -> ban.id().toString()))
            .limit(page.limit() + 1L)
            .toList();
    boolean more = found.size() > page.limit();
    List<BannedIdentity> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(
        items.stream().map(Ban::of).toList(), more ? items.getLast().id().toString() : null);
  }

  /** What was revoked stays revoked; only new issue is possible again. */
  @PostMapping(path = "/v1/unbans", consumes = MediaType.APPLICATION_JSON_VALUE)
  Unbanned unban(@AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody Unban request) {
    String reason = Reason.require(request.reason());
    Subject subject = request.subject();
    switch (subject) {
      case Subject.Identity(SpiffeId id) ->
          reach.requireIdentity(admin, Permission.REVOCATION_CHANGE, id);
      case Subject.Machine(MachineName name) ->
          reach.requireMachine(admin, Permission.REVOCATION_CHANGE, name);
    }
    boolean known =
        switch (subject) {
          case Subject.Identity(SpiffeId id) ->
              acts.perform(
                  admin,
                  "unban",
                  "identity " + id,
                  reason,
                  () -> revocations.unban(id, admin.auditName(), reason));
          case Subject.Machine(MachineName name) ->
              acts.perform(admin, "unban", "machine " + name, reason, () -> machines.unban(name));
        };
    if (!known) {
      throw RefusedRequestException.of(
          HttpStatus.NOT_FOUND, "There is no such ban.", "altsctl ban list; altsctl machine list");
    }
    return new Unbanned(true);
  }

  record Unbanned(boolean unbanned) {}

  record Ban(String spiffeId, String reason, Instant since) {
    static Ban of(BannedIdentity banned) {
      return new Ban(banned.id().toString(), banned.reason(), banned.since());
    }
  }

  private sealed interface Subject {
    record Identity(SpiffeId id) implements Subject {}

    record Machine(MachineName name) implements Subject {}
  }

  record Unban(@Nullable String spiffeId, @Nullable String machine, @Nullable String reason) {
    private Subject subject() {
      try {
        if (spiffeId != null && machine == null) {
          return new Subject.Identity(SpiffeId.parse(spiffeId));
        }
        if (machine != null && spiffeId == null) {
          return new Subject.Machine(new MachineName(machine));
        }
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
      throw RefusedRequestException.badRequest("expected exactly one of spiffeId, machine");
    }
  }
}
