package dev.alts.identity.tls;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.VerificationContext;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts X509-SVIDs as the handshake does (steps 1 to 4 of handshake.md section 2), whose SPIFFE ID
 * is one that is accepted here. Host names mean nothing in SPIFFE and are not looked at. Works with
 * JSSE and with engines that pass unknown authentication types. Thread-safe.
 */
public final class SvidTrustManager extends X509ExtendedTrustManager {
  private final PeerVerifier verifier;
  private final Supplier<VerificationContext> context;
  private final Predicate<SpiffeId> accepted;
  private final InstantSource clock;

  public SvidTrustManager(
      PeerVerifier verifier,
      Supplier<VerificationContext> context,
      Predicate<SpiffeId> accepted,
      InstantSource clock) {
    this.verifier = verifier;
    this.context = context;
    this.accepted = accepted;
    this.clock = clock;
  }

  /** {@return the facts of a peer whose certificates came from a finished TLS handshake} */
  public PeerFacts verify(X509Certificate[] chain, PeerRole peerRole) throws CertificateException {
    List<Bytes> certificates = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      certificates.add(Bytes.copyOf(certificate.getEncoded()));
    }
    try {
      PeerFacts facts =
          verifier.verifyChain(context.get(), certificates, peerRole, clock.instant());
      if (!accepted.test(facts.spiffeId())) {
        throw new PeerRejectedException(
            PeerRejectedException.Reason.WRONG_NAME,
            "%s is not accepted here".formatted(facts.spiffeId()));
      }
      return facts;
    } catch (PeerRejectedException e) {
      throw new CertificateException(e.reason() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    verify(chain, PeerRole.CLIENT);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    verify(chain, PeerRole.CLIENT);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    verify(chain, PeerRole.CLIENT);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    verify(chain, PeerRole.SERVER);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    verify(chain, PeerRole.SERVER);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    verify(chain, PeerRole.SERVER);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    // Naming them would tell a stranger who our authorities are, and selects nothing.
    return new X509Certificate[0];
  }
}
