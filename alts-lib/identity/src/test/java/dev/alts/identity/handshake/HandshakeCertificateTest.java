package dev.alts.identity.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonObject;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.identity.x509.X509Svid;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.testing.TestVectors;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HandshakeCertificateTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final Bytes X25519 = Bytes.copyOf(new byte[32]);

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final EcdsaP256 ecdsa = EcdsaP256.best();

  @Test
  void madeOneIsReadBackBoundAndVerified() throws Exception {
    X509Svid master = svid(domain.master("/a"));

    HandshakeCertificate made =
        HandshakeCertificate.make(ecdsa, master, X25519, Duration.ofMinutes(30), NOW.plusMillis(5));
    HandshakeCertificate read = HandshakeCertificate.parse(made.encoded());

    assertThat(read).isEqualTo(made);
    read.requireBoundTo(master.leaf());
    assertThat(read.isSignedBy(ecdsa, ecdsa.decodePublicKey(master.leaf().spki()))).isTrue();
    assertThat(read.notBefore()).isEqualTo(NOW.minusSeconds(60));
    assertThat(read.notAfter()).isEqualTo(NOW.plusSeconds(1800));
  }

  @Test
  void validityIsInsideTheMastersAndAtMostAnHour() throws Exception {
    X509Svid young =
        svid(
            domain.svid(
                "/a",
                domain.attributes("/a"),
                r -> r.validity(NOW.minusSeconds(10), NOW.plusSeconds(100))));
    X509Svid old = svid(domain.master("/a"));

    HandshakeCertificate bounded =
        HandshakeCertificate.make(ecdsa, young, X25519, Duration.ofHours(1), NOW);
    HandshakeCertificate longest =
        HandshakeCertificate.make(ecdsa, old, X25519, Duration.ofHours(5), NOW);

    assertThat(bounded.notBefore()).isEqualTo(NOW.minusSeconds(10));
    assertThat(bounded.notAfter()).isEqualTo(NOW.plusSeconds(100));
    assertThat(longest.notAfter()).isEqualTo(longest.notBefore().plusSeconds(3600));
  }

  @Test
  void onlyALivingMasterMakesOne() throws Exception {
    X509Svid tls = svid(domain.tls("/a"));
    X509Svid ended =
        svid(
            domain.svid(
                "/a",
                domain.attributes("/a"),
                r -> r.validity(NOW.minusSeconds(100), NOW.minusSeconds(1))));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HandshakeCertificate.make(ecdsa, tls, X25519, Duration.ofMinutes(1), NOW))
        .withMessageContaining("mayDelegate");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> HandshakeCertificate.make(ecdsa, ended, X25519, Duration.ofMinutes(1), NOW));
  }

  @Test
  void keyThatIsNotTheCertificatesMakesNoSvid() {
    TestSvid one = domain.master("/a");

    assertThatExceptionOfType(InvalidCertificateException.class)
        .isThrownBy(() ->
            X509Svid.of(List.of(Bytes.copyOf(one.certificate())), TestKeys.p256().getPrivate()))
        .withMessageContaining("private key");
    assertThatExceptionOfType(InvalidCertificateException.class)
        .isThrownBy(() -> X509Svid.of(List.of(), one.privateKey()));
  }

  @Test
  void signatureInputIsTheVectors() {
    JsonObject client =
        TestVectors.read("alts-handshake-v1/full_hybrid.json").getAsJsonObject("client");

    assertThat(
            DocumentType.HANDSHAKE_CERTIFICATE.signatureInput(
                TestVectors.hex(client, "handshake_certificate_body")))
        .isEqualTo(TestVectors.hex(client, "handshake_certificate_signature_input"));
  }

  @Test
  void certificateOfEveryVectorVerifiesUnderItsMaster() throws Exception {
    for (String side : List.of("client", "server")) {
      JsonObject party =
          TestVectors.read("alts-handshake-v1/full_hybrid.json").getAsJsonObject(side);
      HandshakeCertificate certificate =
          HandshakeCertificate.parse(Bytes.copyOf(TestVectors.hex(party, "handshake_certificate")));
      SvidCertificate master =
          SvidCertificate.parse(Bytes.fromHex(party.getAsJsonArray("chain").get(0).getAsString()));

      certificate.requireBoundTo(master);
      for (EcdsaP256 provider : EcdsaP256.available()) {
        assertThat(certificate.isSignedBy(provider, provider.decodePublicKey(master.spki())))
            .isTrue();
      }
    }
  }

  @Test
  @Tag("abuse-27")
  void everyTruncationIsRefusedOrUnbound() throws Exception {
    X509Svid master = svid(domain.master("/a"));
    byte[] encoded =
        HandshakeCertificate.make(ecdsa, master, X25519, Duration.ofMinutes(1), NOW)
            .encoded()
            .toByteArray();
    for (int length = 0; length < encoded.length; length++) {
      Bytes cut = Bytes.copyOf(Arrays.copyOf(encoded, length));
      try {
        HandshakeCertificate parsed = HandshakeCertificate.parse(cut);
        assertThat(parsed.isSignedBy(ecdsa, ecdsa.decodePublicKey(master.leaf().spki()))).isFalse();
      } catch (InvalidCertificateException refused) {
        assertThat(refused).hasMessageStartingWith("handshake certificate");
      }
    }
    assertThatExceptionOfType(InvalidCertificateException.class)
        .isThrownBy(() -> HandshakeCertificate.parse(Bytes.copyOf(new byte[4097])))
        .withMessageContaining("at most 4096");
  }

  private static X509Svid svid(TestSvid svid) throws InvalidCertificateException {
    return X509Svid.of(svid.chain().stream().map(Bytes::copyOf).toList(), svid.privateKey());
  }
}
