package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.revocation.BannedIdentity;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Bans: which identities have one, and lifting it from an identity or a machine. */
@RestController
class BanEndpoint {
  private final RevocationService revocations;
  private final MachineRegistry machines;
  private final AdminActs acts;

  BanEndpoint(RevocationService revocations, MachineRegistry machines, AdminActs acts) {
    this.revocations = revocations;
    this.machines = machines;
    this.acts = acts;
  }

  /** Machines are not in it: their own list says which are banned. */
  @GetMapping("/v1/bans")
  ItemList<Ban> list() {
    return new ItemList<>(revocations.bans().stream().map(Ban::of).toList(), null);
  }

  /** What was revoked stays revoked; only new issue is possible again. */
  @PostMapping(path = "/v1/unbans", consumes = MediaType.APPLICATION_JSON_VALUE)
  Unbanned unban(@AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody Unban request) {
    String reason = Reason.require(request.reason());
    boolean known =
        switch (request.subject()) {
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
