package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineAuthentication.Copied;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Stops machines whose credentials have two users (ADR 25): nobody can say which of the two is the
 * machine, so both are turned away, all that was issued there is revoked, and people are told.
 * Thread-safe; of all replicas that notice it one acts.
 */
@Component
class CopiedMachines implements MeterBinder {
  private static final Logger log = LoggerFactory.getLogger(CopiedMachines.class);

  private final MachineRegistry machines;
  private final RevocationService revocations;
  private final AuditLog audit;
  private volatile @Nullable Counter stopped;

  CopiedMachines(MachineRegistry machines, RevocationService revocations, AuditLog audit) {
    this.machines = machines;
    this.revocations = revocations;
    this.audit = audit;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    // From the start, so that the first one is an increase.
    stopped =
        Counter.builder("alts.machines.copied")
            .description("Machines that were stopped because their credentials had two users")
            .register(registry);
  }

  void stop(Copied copied) {
    boolean first =
        revocations
            .revokeIf(
                () -> {
                  if (!machines.markCopied(copied)) {
                    return false;
                  }
                  audit.append(
                      new AuditEvent.MachineCopied(
                          copied.name().text(), copied.lineage(), copied.evidence()));
                  return true;
                },
                new RevocationRequest(
                    new RevocationTarget.Machine(copied.name()),
                    false,
                    ReasonCode.KEY_COMPROMISE,
                    "ca",
                    "credentials with two users: " + copied.evidence()))
            .isPresent();
    if (first) {
      log.error(
          "machine stopped, its credentials were copied: machine={} {}",
          copied.name(),
          copied.evidence());
      Counter counter = stopped;
      if (counter != null) {
        counter.increment();
      }
    }
  }
}
