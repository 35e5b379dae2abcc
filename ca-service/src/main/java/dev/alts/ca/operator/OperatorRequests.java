package dev.alts.ca.operator;

import dev.alts.api.operator.v1.BackupFollows;
import dev.alts.api.operator.v1.BreakGlass;
import dev.alts.api.operator.v1.CreateJoinToken;
import dev.alts.api.operator.v1.EnrolFirstAdmin;
import dev.alts.api.operator.v1.OneTimeSecret;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.operator.v1.OperatorResponse;
import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.HumanEnrolment;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.Invitation;
import dev.alts.identity.document.BootstrapToken;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What the operator's socket can do, all of it. Each act is in the audit log, with the caller,
 * before it happens; if the log cannot take it, it does not happen (abuse-43).
 */
@Component
class OperatorRequests {
  private static final int MAX_REASON_CHARS = 500;
  private static final String USE_ALTSCTL =
      "There has been an admin, so this socket does that no more. An admin does it: altsctl ";
  private static final Logger log = LoggerFactory.getLogger(OperatorRequests.class);

  private final HumanEnrolment enrolment;
  private final JoinTokens joinTokens;
  private final AuditLog audit;

  OperatorRequests(HumanEnrolment enrolment, JoinTokens joinTokens, AuditLog audit) {
    this.enrolment = enrolment;
    this.joinTokens = joinTokens;
    this.audit = audit;
  }

  /** {@return the answer} {@code caller} is the kernel's word, already allowed here. */
  OperatorResponse answer(OperatorRequest request, String caller) {
    try {
      return switch (request.getRequestCase()) {
        case ENROL_FIRST_ADMIN -> enrolFirstAdmin(request.getEnrolFirstAdmin(), caller);
        case CREATE_JOIN_TOKEN -> createJoinToken(request.getCreateJoinToken(), caller);
        case BREAK_GLASS -> breakGlass(request.getBreakGlass(), caller);
        case BACKUP -> backup(caller);
        // Also what a newer client asks that this CA does not know (abuse-8).
        case REQUEST_NOT_SET -> error("This CA does not know that request.");
      };
    } catch (IllegalArgumentException e) {
      return error(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("operator request failed request={}", request.getRequestCase(), e);
      return error("The CA could not do it. The reason is in its log.");
    }
  }

  private OperatorResponse enrolFirstAdmin(EnrolFirstAdmin request, String caller) {
    HumanName name = new HumanName(request.getName());
    if (enrolment.hasEverHadAdmin()) {
      return error(USE_ALTSCTL + "human enrol --admin NAME. If none can: operator break-glass.");
    }
    record(caller, "enrol first admin " + name);
    return answer(enrolment.invite(name, EnrolmentPurpose.FIRST_ADMIN, by(caller)));
  }

  private OperatorResponse createJoinToken(CreateJoinToken request, String caller) {
    Optional<MachineName> machine =
        request.getMachine().isEmpty()
            ? Optional.empty()
            : Optional.of(new MachineName(request.getMachine()));
    MachineProperties properties =
        new MachineProperties(request.getBoundary(), request.getLabelsMap());
    if (enrolment.hasEverHadAdmin()) {
      return error(USE_ALTSCTL + "token create.");
    }
    record(caller, "create join token");
    try (CreatedJoinToken created = joinTokens.create(machine, properties, by(caller))) {
      return secret(created.token(), created.expiresAt());
    }
  }

  private OperatorResponse breakGlass(BreakGlass request, String caller) {
    HumanName name = new HumanName(request.getName());
    String reason = request.getReason();
    if (reason.isBlank()
        || reason.length() > MAX_REASON_CHARS
        || reason.chars().anyMatch(Character::isISOControl)) {
      return error("reason: expected one printable line of 1 to 500 characters.");
    }
    record(caller, "break glass for " + name + ": " + reason);
    log.warn("glass broken caller={} human={} reason={}", caller, name, reason);
    return answer(enrolment.invite(name, EnrolmentPurpose.BREAK_GLASS, by(caller)));
  }

  /** Only allows it; the socket sends it behind this answer. */
  private OperatorResponse backup(String caller) {
    record(caller, "back up the database");
    return OperatorResponse.newBuilder().setBackup(BackupFollows.getDefaultInstance()).build();
  }

  private void record(String caller, String act) {
    audit.append(new AuditEvent.OperatorActed(caller, act));
  }

  private static String by(String caller) {
    return "operator " + caller;
  }

  private static OperatorResponse answer(Invitation invitation) {
    return switch (invitation) {
      case Invitation.Invited(BootstrapToken code, Instant expiresAt) -> {
        try (code) {
          yield secret(code, expiresAt);
        }
      }
      case Invitation.HumanDisabled() -> error("This human is disabled. Choose another name.");
      case Invitation.NotTheFirstAdmin() ->
          error(USE_ALTSCTL + "human enrol --admin NAME. If none can: operator break-glass.");
    };
  }

  private static OperatorResponse secret(BootstrapToken token, Instant expiresAt) {
    return OperatorResponse.newBuilder()
        .setSecret(
            OneTimeSecret.newBuilder()
                .setToken(token.exposeText())
                .setExpiresAt(expiresAt.getEpochSecond()))
        .build();
  }

  private static OperatorResponse error(String text) {
    return OperatorResponse.newBuilder().setError(text).build();
  }
}
