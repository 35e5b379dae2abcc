package dev.alts.cli.ca;

import dev.alts.cli.home.Login;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to the CA: whom altsctl believes, and as whom it calls. */
public final class CaTls {
  private static final String CA_PATH = "/ca";
  // the key lives in memory only; the store's password protects nothing
  private static final char[] NO_PASSWORD = new char[0];

  private CaTls() {}

  /** {@return TLS as the human who is logged in, to the CA of their trust document} */
  public static SSLContext asHuman(Login login, InstantSource clock, SecureRandom random) {
    TrustManager trust = onlyTheCa(login.trust(), clock);
    return context(keyManagers(login.tls()), trust, random);
  }

  /** {@return TLS without a client certificate, to the CA of this trust document} */
  public static SSLContext asNobody(
      TrustDocument document, InstantSource clock, SecureRandom random) {
    return context(null, onlyTheCa(document, clock), random);
  }

  /**
   * {@return TLS to whoever answers, for {@link FirstContact} alone} What comes over it is verified
   * by a signature; nothing secret goes over it.
   */
  static SSLContext unauthenticated(SecureRandom random) {
    return context(null, new AnyoneTrustManager(), random);
  }

  private static TrustManager onlyTheCa(TrustDocument document, InstantSource clock) {
    VerificationContext context = VerificationContext.ofOwn(new TrustedDomain(document, null));
    return new SvidTrustManager(
        new PeerVerifier(),
        () -> context,
        id -> id.isMemberOf(document.trustDomain()) && id.path().equals(CA_PATH),
        clock);
  }

  private static KeyManager[] keyManagers(X509Svid svid) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "tls", svid.privateKey(), NO_PASSWORD, svid.x509Chain().toArray(new X509Certificate[0]));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException | IOException | InvalidCertificateException e) {
      throw new IllegalStateException("the login's TLS certificate cannot be used", e);
    }
  }

  private static SSLContext context(
      KeyManager @Nullable [] keys, TrustManager trust, SecureRandom random) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys, new TrustManager[] {trust}, random);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has TLS 1.3", e);
    }
  }
}
