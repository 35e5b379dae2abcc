package dev.alts.cli.run;

import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.identity.x509.X509Svid;
import java.time.Instant;

/**
 * What was given for one token. Holds private keys; they end with this process.
 *
 * @param documents a snapshot without a credential
 */
record JobCredentials(
    X509Svid master,
    X509Svid tls,
    CredentialSnapshot documents,
    Instant renewAt,
    Instant notAfter) {
  @Override
  public String toString() {
    return "JobCredentials[%s until %s]".formatted(master.id(), notAfter);
  }
}
