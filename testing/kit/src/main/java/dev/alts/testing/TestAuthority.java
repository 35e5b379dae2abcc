package dev.alts.testing;

import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;

/** An issuing authority, or an intermediate below one, that signs whatever a test asks for. */
public final class TestAuthority {
  private final X500Name name;
  private final KeyPair keyPair;
  private final byte[] certificate;
  private final List<byte[]> intermediates;
  private final Instant now;

  private TestAuthority(
      X500Name name, KeyPair keyPair, byte[] certificate, List<byte[]> intermediates, Instant now) {
    this.name = name;
    this.keyPair = keyPair;
    this.certificate = certificate;
    this.intermediates = List.copyOf(intermediates);
    this.now = now;
  }

  /** {@return a self-signed authority, valid for 30 days around {@code now}} */
  public static TestAuthority selfSigned(
      String commonName, String trustDomain, Instant now, Consumer<CertificateRequest> knobs) {
    X500Name name = new X500Name("CN=" + commonName);
    CertificateRequest request =
        new CertificateRequest(
                TestKeys.p256(), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30)))
            .subject("CN=" + commonName)
            .sanCritical(false)
            .noAuthorityKeyIdentifier()
            .uri("spiffe://" + trustDomain)
            .ca(-1);
    knobs.accept(request);
    byte[] certificate = CertificateMaker.make(request, name, request.keyPair);
    return new TestAuthority(name, request.keyPair, certificate, List.of(), now);
  }

  /** {@return a certificate below this authority, an hour long, that starts as a good SVID} */
  public TestSvid issue(String spiffeId, Consumer<CertificateRequest> knobs) {
    CertificateRequest request =
        new CertificateRequest(
                TestKeys.p256(), now.minus(Duration.ofMinutes(1)), now.plus(Duration.ofHours(24)))
            .uri(spiffeId);
    knobs.accept(request);
    List<byte[]> chain = new ArrayList<>();
    chain.add(CertificateMaker.make(request, name, keyPair));
    chain.addAll(intermediates);
    return new TestSvid(spiffeId, chain, request.keyPair);
  }

  /** {@return a CA below this one, whose certificates carry the chain up to here} */
  public TestAuthority intermediate(String commonName, Consumer<CertificateRequest> knobs) {
    CertificateRequest request =
        new CertificateRequest(
                TestKeys.p256(), now.minus(Duration.ofHours(2)), now.plus(Duration.ofDays(10)))
            .subject("CN=" + commonName)
            .ca(-1);
    knobs.accept(request);
    byte[] made = CertificateMaker.make(request, name, keyPair);
    List<byte[]> above = new ArrayList<>();
    above.add(made);
    above.addAll(intermediates);
    return new TestAuthority(new X500Name("CN=" + commonName), request.keyPair, made, above, now);
  }

  /** {@return the authority's certificate, DER} */
  public byte[] certificate() {
    return certificate;
  }

  public KeyPair keyPair() {
    return keyPair;
  }

  public byte[] spkiSha256() {
    return TestKeys.sha256(TestKeys.spki(keyPair));
  }
}
