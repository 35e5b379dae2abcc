package dev.alts.ca.admin.tls;

import dev.alts.ca.humans.HumanName;
import dev.alts.ca.revocation.OwnVerification;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** Accepts humans of our own trust domain as clients of the admin port, and nobody else. */
@Component
public class HumanTrust {
  private final OwnVerification verification;
  private final SvidTrustManager manager;

  HumanTrust(OwnVerification verification, InstantSource clock) {
    this.verification = verification;
    this.manager = new SvidTrustManager(new PeerVerifier(), verification, this::isHuman, clock);
  }

  /** {@return what is known of this client now} */
  public PeerFacts verify(X509Certificate[] chain) throws CertificateException {
    return manager.verify(chain, PeerRole.CLIENT);
  }

  SvidTrustManager manager() {
    return manager;
  }

  private boolean isHuman(SpiffeId id) {
    return HumanName.ofSpiffeId(id, verification.get().ownDomain()).isPresent();
  }
}
