package dev.alts.testing;

import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** A certificate with its chain (DER, leaf first, no authority) and its key. */
public final class TestSvid {
  private final String spiffeId;
  private final List<byte[]> chain;
  private final KeyPair keyPair;

  TestSvid(String spiffeId, List<byte[]> chain, KeyPair keyPair) {
    this.spiffeId = spiffeId;
    this.chain = List.copyOf(chain);
    this.keyPair = keyPair;
  }

  public String spiffeId() {
    return spiffeId;
  }

  public List<byte[]> chain() {
    return chain;
  }

  /** {@return the leaf, DER} */
  public byte[] certificate() {
    return chain.getFirst();
  }

  public X509Certificate[] x509Chain() {
    return chain.stream().map(TestSvid::parse).toArray(X509Certificate[]::new);
  }

  public PrivateKey privateKey() {
    return keyPair.getPrivate();
  }

  public KeyPair keyPair() {
    return keyPair;
  }

  @Override
  public String toString() {
    return "TestSvid[" + spiffeId + "]";
  }

  static X509Certificate parse(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new AssertionError("the test made a certificate that Java cannot parse", e);
    }
  }
}
