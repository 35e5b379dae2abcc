package dev.alts.identity.x509;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An own X509-SVID: certificate, chain and private key that belong together, which is checked at
 * birth. Immutable; the key is wiped by nobody, as the JDK's key objects cannot be.
 */
public final class X509Svid {
  private static final byte[] PROBE =
      "dev.alts: does the key fit?".getBytes(StandardCharsets.US_ASCII);

  private final SvidCertificate leaf;
  private final List<Bytes> chain;
  private final PrivateKey privateKey;

  private X509Svid(SvidCertificate leaf, List<Bytes> chain, PrivateKey privateKey) {
    this.leaf = leaf;
    this.chain = chain;
    this.privateKey = privateKey;
  }

  /**
   * {@return the SVID}
   *
   * @param chain DER, leaf first, no authority
   * @throws InvalidCertificateException if the chain is empty, its leaf is no SVID over P-256, or
   *     the key is not the leaf's
   */
  public static X509Svid of(List<Bytes> chain, PrivateKey privateKey)
      throws InvalidCertificateException {
    if (chain.isEmpty()) {
      throw new InvalidCertificateException("SVID: empty chain");
    }
    SvidCertificate leaf = SvidCertificate.parse(chain.getFirst());
    EcdsaP256 ecdsa = EcdsaP256.best();
    try {
      byte[] signature = ecdsa.sign(privateKey, PROBE);
      if (!ecdsa.verify(ecdsa.decodePublicKey(leaf.spki()), PROBE, signature)) {
        throw new InvalidCertificateException("SVID: the private key is not the certificate's");
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("SVID: key (expected: P-256)", e);
    }
    return new X509Svid(leaf, List.copyOf(chain), privateKey);
  }

  public SvidCertificate leaf() {
    return leaf;
  }

  public SpiffeId id() {
    return leaf.id();
  }

  public Optional<AltsAttributes> attributes() {
    return leaf.attributes();
  }

  /** {@return DER, leaf first, no authority} */
  public List<Bytes> chain() {
    return chain;
  }

  /** {@return the chain as the JDK's TLS wants it} */
  public List<X509Certificate> x509Chain() throws InvalidCertificateException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Bytes der : chain) {
      certificates.add(StrictCertificate.parse(der).x509());
    }
    return List.copyOf(certificates);
  }

  public PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return "X509Svid[%s until %s, key redacted]".formatted(leaf.id(), leaf.notAfter());
  }
}
