package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Authorities on file, which the inputs on file were issued by: the first is that of the frozen
 * handshake vectors.
 */
public final class FrozenTrust {
  /** When the inputs on file are valid. */
  public static final Instant NOW = Instant.ofEpochSecond(1_900_000_300);

  private FrozenTrust() {}

  /** {@return a context of example.org that accepts partner.example within its policy} */
  public static VerificationContext context() {
    TrustDomain foreign = new TrustDomain("partner.example");
    return VerificationContext.of(
        new TrustDomain("example.org"),
        List.of(domain("example.org"), domain("partner.example")),
        new ForeignDomainPolicy(
            Map.of(foreign, new AuthorityConstraint(Set.of(), List.of(), List.of()))),
        StaleRevocation.KEEP_SERVING);
  }

  /** {@return the master of spiffe://example.org/shop/web} */
  public static SvidCertificate master() {
    try {
      return SvidCertificate.parse(resource("web.der"));
    } catch (InvalidCertificateException e) {
      throw new AssertionError("the certificate on file is good", e);
    }
  }

  public static AuthorityCertificate authority(String domain) {
    try {
      return AuthorityCertificate.parse(resource(domain + ".der"));
    } catch (InvalidCertificateException e) {
      throw new AssertionError("the certificate on file is good", e);
    }
  }

  private static TrustedDomain domain(String name) {
    IssuingAuthority member =
        new IssuingAuthority(authority(name), AuthorityState.ACTIVE, AuthorityConstraint.none());
    return new TrustedDomain(
        new TrustDocument(
            new TrustDomain(name),
            1,
            NOW,
            NOW.plusSeconds(86_400),
            Bytes.copyOf(name.getBytes(StandardCharsets.US_ASCII)),
            List.of(member),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null),
        null);
  }

  private static Bytes resource(String name) {
    try (InputStream in = FrozenTrust.class.getResourceAsStream("/vectors/frozen-trust/" + name)) {
      return Bytes.copyOf(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + name, e);
    }
  }
}
