package dev.alts.ca.machine;

import dev.alts.ca.attestation.LostCertificates;
import dev.alts.ca.attestation.MachineAuthentication;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import org.springframework.stereotype.Component;

/** Which machine is calling. Asked anew for every call, so a ban needs no closed connection. */
@Component
class CallerIdentity {
  private final MachineRegistry machines;
  private final LostCertificates lost;
  private final CopiedMachines copies;
  private final AuditLog audit;

  CallerIdentity(
      MachineRegistry machines, LostCertificates lost, CopiedMachines copies, AuditLog audit) {
    this.machines = machines;
    this.lost = lost;
    this.copies = copies;
    this.audit = audit;
  }

  /** {@return the machine, or the call ends here} */
  Authenticated require(ChannelSecurity security) {
    Bytes certificate =
        security
            .certificate()
            .orElseThrow(() ->
                new ApiException(
                    ApiException.Code.NOT_ATTESTED,
                    "no client certificate (expected: the machine's TLS SVID)"));
    return switch (authenticate(certificate)) {
      case Authenticated authenticated -> authenticated;
      case MachineAuthentication.Unknown _ ->
          throw new ApiException(
              ApiException.Code.NOT_ATTESTED,
              "the certificate is none of a machine's present ones; attest again");
      case MachineAuthentication.Superseded superseded -> throw refused(superseded);
      case MachineAuthentication.Copied copied -> {
        copies.stop(copied);
        throw new ApiException(
            ApiException.Code.NOT_ATTESTED,
            "the machine's credentials have two users; this machine has to attest again");
      }
      case MachineAuthentication.Banned banned ->
          throw new ApiException(ApiException.Code.BANNED, "banned: " + banned.reason());
    };
  }

  private ApiException refused(MachineAuthentication.Superseded superseded) {
    audit.append(
        new AuditEvent.AttestationRefused(
            "", "machine %s: %s".formatted(superseded.name(), superseded.evidence())));
    return new ApiException(
        ApiException.Code.NOT_ATTESTED,
        "a newer certificate of this machine is in use; shown again, this one stops the machine");
  }

  private MachineAuthentication authenticate(Bytes certificate) {
    Bytes sha256 = Sha256.of(certificate);
    MachineAuthentication known = machines.authenticate(sha256);
    boolean adopted = known instanceof MachineAuthentication.Unknown && lost.adopt(certificate);
    return adopted ? machines.authenticate(sha256) : known;
  }
}
