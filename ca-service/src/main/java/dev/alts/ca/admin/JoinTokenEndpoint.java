package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Join tokens for machines. */
@RestController
class JoinTokenEndpoint {
  private final JoinTokens tokens;
  private final WithinReach reach;
  private final AdminActs acts;

  JoinTokenEndpoint(JoinTokens tokens, WithinReach reach, AdminActs acts) {
    this.tokens = tokens;
    this.reach = reach;
    this.acts = acts;
  }

  @PostMapping(path = "/v1/join-tokens", consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  JoinToken create(
      @AuthenticationPrincipal AuthenticatedHuman admin, @RequestBody JoinTokenRequest request) {
    Optional<MachineName> machine = request.machineName();
    MachineProperties properties = request.properties();
    reach.requireJoin(admin, machine, properties);
    try (CreatedJoinToken created =
        acts.perform(
            admin,
            "join-token.create",
            machine.map(MachineName::text).orElse(""),
            "",
            () -> tokens.create(machine, properties, admin.auditName()))) {
      return new JoinToken(
          created.token().exposeText(), created.machine().text(), created.expiresAt());
    }
  }

  record JoinTokenRequest(
      @Nullable String boundary, @Nullable Map<String, String> labels, @Nullable String machine) {
    Optional<MachineName> machineName() {
      if (machine == null || machine.isEmpty()) {
        return Optional.empty();
      }
      try {
        return Optional.of(new MachineName(machine));
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
    }

    MachineProperties properties() {
      Map<String, String> given = Objects.requireNonNullElse(labels, Map.of());
      if (given.values().stream().anyMatch(Objects::isNull)) {
        throw RefusedRequestException.badRequest("labels: expected text for each key");
      }
      try {
        return new MachineProperties(Objects.requireNonNullElse(boundary, ""), given);
      } catch (IllegalArgumentException e) {
        throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
      }
    }
  }

  /** Answer; shown once. */
  record JoinToken(String token, String machine, Instant expiresAt) {
    @Override
    public String toString() {
      return "JoinToken[redacted, machine=" + machine + ", expiresAt=" + expiresAt + "]";
    }
  }
}
