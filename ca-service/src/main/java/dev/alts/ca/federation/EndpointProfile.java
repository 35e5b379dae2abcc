package dev.alts.ca.federation;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** How an endpoint proves that it is the one (SPIFFE_Federation.md 5.2). */
public sealed interface EndpointProfile {
  /** {@return the standard's name for it} */
  String text();

  /**
   * By Web PKI.
   *
   * @param authorities CAs that are trusted for it, DER; none: those of the system
   */
  record HttpsWeb(List<Bytes> authorities) implements EndpointProfile {
    public HttpsWeb {
      authorities = List.copyOf(authorities);
    }

    List<X509Certificate> roots() {
      try {
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        List<X509Certificate> roots = new ArrayList<>();
        for (Bytes authority : authorities) {
          roots.add(
              (X509Certificate)
                  certificates.generateCertificate(
                      new ByteArrayInputStream(authority.toByteArray())));
        }
        return roots;
      } catch (CertificateException e) {
        throw new IllegalArgumentException("CA of an endpoint: " + e.getMessage(), e);
      }
    }

    @Override
    public String text() {
      return "https_web";
    }
  }

  /** By an SVID with this SPIFFE ID, under the bundle that is held of its trust domain. */
  record HttpsSpiffe(SpiffeId endpoint) implements EndpointProfile {
    @Override
    public String text() {
      return "https_spiffe";
    }
  }
}
