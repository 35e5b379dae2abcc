package dev.alts.ca.machine;

import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.ca.attestation.Generation;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.issuance.IdempotencyKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * New certificates for a machine that still has good ones. Bound to the line of certificates of one
 * attestation: once a newer one was used, an older one renews nothing (abuse case 9).
 */
@Component
class Renewal {
  private static final Logger log = LoggerFactory.getLogger(Renewal.class);

  private final MachineRegistry machines;
  private final MachineCertificates certificates;
  private final AuditLog audit;

  Renewal(MachineRegistry machines, MachineCertificates certificates, AuditLog audit) {
    this.machines = machines;
    this.certificates = certificates;
    this.audit = audit;
  }

  MachineCredentials renew(Authenticated machine, RenewRequest request) {
    if (request.getIdempotencyKey().size() != IdempotencyKey.LENGTH) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, "idempotency key (expected: 16 bytes)");
    }
    MachineCertificates.requireKeys(request.getKeys());
    Generation generation = machines.beginRenewal(machine).orElseThrow(() -> refused(machine));
    return certificates.issue(
        machine,
        generation,
        request.getKeys(),
        WireCertificates.bytes(request.getIdempotencyKey()));
  }

  private ApiException refused(Authenticated machine) {
    String reason =
        "machine %s: renewal with certificate %d after a newer one was used"
            .formatted(machine.name(), machine.generation());
    log.warn("renewal refused: machine={} generation={}", machine.name(), machine.generation());
    audit.append(new AuditEvent.AttestationRefused(machine.attestor(), reason));
    return new ApiException(
        ApiException.Code.RENEWAL_REFUSED,
        "a newer certificate of this machine was used already; attest again");
  }
}
