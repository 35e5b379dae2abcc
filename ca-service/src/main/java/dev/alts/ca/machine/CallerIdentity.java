package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineAuthentication;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.identity.Bytes;
import org.springframework.stereotype.Component;

/** Which machine is calling. Asked anew for every call, so a ban needs no closed connection. */
@Component
class CallerIdentity {
  private final MachineRegistry machines;

  CallerIdentity(MachineRegistry machines) {
    this.machines = machines;
  }

  /** {@return the machine, or the call ends here} */
  Authenticated require(ChannelSecurity security) {
    Bytes certificate =
        security
            .certificateSha256()
            .orElseThrow(() ->
                new ApiException(
                    ApiException.Code.NOT_ATTESTED,
                    "no client certificate (expected: the machine's TLS SVID)"));
    return switch (machines.authenticate(certificate)) {
      case Authenticated authenticated -> authenticated;
      case MachineAuthentication.Unknown _ ->
          throw new ApiException(
              ApiException.Code.NOT_ATTESTED,
              "the certificate is none of a machine's present ones; attest again");
      case MachineAuthentication.Banned banned ->
          throw new ApiException(ApiException.Code.BANNED, "banned: " + banned.reason());
    };
  }
}
