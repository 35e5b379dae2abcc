package dev.alts.ca.humans;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.time.Instant;

/** What became of a code that somebody presented. */
public sealed interface Redemption {
  /**
   * The human is enrolled.
   *
   * @param master certificate, DER, of the key that signs handshake certificates
   * @param tls certificate, DER, of the key for TLS
   * @param notAfter the earlier end of the two
   */
  record Enrolled(SpiffeId spiffeId, Bytes master, Bytes tls, Instant notAfter)
      implements Redemption {}

  /** The keys are no good, whoever sends them; the code was not looked at. */
  record BadKeys(String explanation) implements Redemption {}

  /** Unknown, used, expired, or its human is disabled: on purpose not said which. */
  record CodeNotAccepted() implements Redemption {}

  /** The code is used up, but there is no certificate; a new code is needed. */
  record NotIssued() implements Redemption {}
}
