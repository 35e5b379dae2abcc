package dev.alts.endpoint;

import dev.alts.crypto.Crypto;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.identity.verify.PeerVerifier;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all handshakes of this process share when nobody says otherwise: the fastest working
 * providers, one cache of verified peers, the system's clock and randomness.
 */
public final class ProcessEnvironment {
  private static final Logger log = LoggerFactory.getLogger(ProcessEnvironment.class);

  private ProcessEnvironment() {}

  public static HandshakeEnvironment get() {
    return Holder.INSTANCE;
  }

  /** Made at first use: choosing providers loads native code. */
  private static final class Holder {
    private static final HandshakeEnvironment INSTANCE = make();

    private static HandshakeEnvironment make() {
      HandshakeEnvironment environment =
          new HandshakeEnvironment(
              Crypto.best(), new PeerVerifier(), InstantSource.system(), new SecureRandom());
      log.info("ALTS cryptography: {}", environment.providers());
      return environment;
    }
  }
}
