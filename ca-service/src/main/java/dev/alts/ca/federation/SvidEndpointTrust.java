package dev.alts.ca.federation;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.ChainValidator;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.StrictCertificate;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.identity.x509.Validity;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Believes an endpoint of profile {@code https_spiffe}: it shows an SVID with exactly the
 * configured SPIFFE ID, under an authority of that ID's own trust domain. Thread-safe.
 */
final class SvidEndpointTrust extends X509ExtendedTrustManager {
  private static final int MAX_CHAIN = 4;

  private final SpiffeId expected;
  private final List<AuthorityCertificate> authorities;
  private final InstantSource clock;

  SvidEndpointTrust(
      SpiffeId expected, List<AuthorityCertificate> authorities, InstantSource clock) {
    this.expected = expected;
    this.authorities = List.copyOf(authorities);
    this.clock = clock;
  }

  private void require(X509Certificate[] chain) throws CertificateException {
    try {
      if (chain.length < 1 || chain.length > MAX_CHAIN) {
        throw new InvalidCertificateException("chain of %d certificates".formatted(chain.length));
      }
      List<StrictCertificate> path = new ArrayList<>();
      for (X509Certificate certificate : chain) {
        path.add(StrictCertificate.parse(Bytes.copyOf(certificate.getEncoded())));
      }
      SpiffeId id = SvidCertificate.of(path.getFirst()).id();
      if (!id.equals(expected)) {
        throw new InvalidCertificateException(
            "endpoint is %s (expected: %s)".formatted(id, expected));
      }
      requireCurrent(path);
    } catch (InvalidCertificateException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private void requireCurrent(List<StrictCertificate> path) throws InvalidCertificateException {
    ChainValidator validator = new ChainValidator(EcdsaP256.best());
    InvalidCertificateException last =
        new InvalidCertificateException("no authority of %s known".formatted(expected));
    for (AuthorityCertificate authority : authorities) {
      try {
        Validity validity = validator.validate(path, authority);
        Instant now = clock.instant();
        if (validity.isOver(now) || validity.isAhead(now)) {
          throw new InvalidCertificateException("the endpoint's SVID is not valid now");
        }
        return;
      } catch (InvalidCertificateException e) {
        last = e;
      }
    }
    throw new InvalidCertificateException(
        "endpoint's SVID is by none of the %d authorities held of %s (%s)"
            .formatted(authorities.size(), expected.trustDomain(), last.getMessage()),
        last);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    require(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("only endpoints are judged here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("only endpoints are judged here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("only endpoints are judged here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
