package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong key is refused with what it is, what is expected and what to do. */
class RequestedKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final KeyPair GOOD = EcdsaP256.best().generateKeyPair(RANDOM);

  static Stream<Arguments> wrongKeys() throws Exception {
    byte[] good = GOOD.getPublic().getEncoded();
    byte[] offCurve = good.clone();
    offCurve[90] ^= 1;
    byte[] atInfinity =
        HexFormat.of().parseHex("3019301306072a8648ce3d020106082a8648ce3d03010703020000");
    byte[] trailing = Arrays.copyOf(good, good.length + 1);
    return Stream.of(
        Arguments.of("weak RSA", rsa(1024), "an RSA key of 1024 bits"),
        Arguments.of("RSA", rsa(2048), "an RSA key of 2048 bits"),
        Arguments.of("large RSA", rsa(4096), "an RSA key of 4096 bits"),
        Arguments.of("P-384", ec("secp384r1"), "a key of the curve P-384"),
        Arguments.of("P-521", ec("secp521r1"), "a key of the curve P-521"),
        Arguments.of("Ed25519", key("Ed25519", NamedParameterSpec.ED25519), "an Ed25519 key"),
        Arguments.of(
            "X25519", key("X25519", NamedParameterSpec.X25519), "an X25519 key, which cannot sign"),
        Arguments.of(
            "secp256k1", withCurve(good, "06052b8104000a"), "a key of the curve secp256k1"),
        Arguments.of(
            "unknown curve", withCurve(good, "06032a0304"), "a key of the curve that is not known"),
        Arguments.of(
            "explicit parameters", withCurve(good, "3003020101"), "with explicit or without curve"),
        Arguments.of("compressed", compressed(good), "a P-256 key with a compressed point"),
        Arguments.of("off curve", offCurve, "a key with a point that is not on P-256"),
        Arguments.of("at infinity", atInfinity, "a P-256 key without a point"),
        Arguments.of("CSR", csr(), "a certificate request (CSR): send its public key alone"),
        Arguments.of("certificate", certificate(), "a certificate: send its public key alone"),
        Arguments.of("private key", GOOD.getPrivate().getEncoded(), "a private key, which must"),
        Arguments.of("PEM", pem("PUBLIC KEY", good), "PEM text"),
        Arguments.of(
            "private PEM",
            pem("PRIVATE KEY", GOOD.getPrivate().getEncoded()),
            "PEM text of a private key, which must never leave its machine"),
        Arguments.of("nothing", new byte[0], "none was sent"),
        Arguments.of("garbage", "hello, CA".getBytes(StandardCharsets.US_ASCII), "9 bytes that"),
        Arguments.of("trailing byte", trailing, "92 bytes that are no DER of a key"),
        Arguments.of("oversized", new byte[1 << 20], "1048576 bytes"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongKeys")
  void wrongKeyIsRefusedWithWhatItIsAndWhatToSend(String name, byte[] sent, String whatItIs) {
    assertThatThrownBy(() -> RequestedKey.require(Bytes.copyOf(sent)))
        .as(name)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("public key: ")
        .hasMessageContaining(whatItIs)
        .hasMessageContaining("expected: the SubjectPublicKeyInfo of an ECDSA P-256 key")
        .hasMessageContaining("openssl genpkey");
  }

  @Test
  void freshKeyIsTaken() {
    assertThatCode(() -> RequestedKey.require(Bytes.copyOf(GOOD.getPublic().getEncoded())))
        .doesNotThrowAnyException();
  }

  @Test
  void refusalRepeatsNothingOfAPrivateKey() {
    byte[] secret = GOOD.getPrivate().getEncoded();

    assertThatThrownBy(() -> RequestedKey.require(Bytes.copyOf(secret)))
        .satisfies(refusal ->
            assertThat(String.valueOf(refusal.getMessage()))
                .doesNotContain(HexFormat.of().formatHex(secret, 40, 60)));
  }

  @Test
  void whateverIsSentIsAnsweredWithARefusal() {
    byte[][] seeds = {GOOD.getPublic().getEncoded(), GOOD.getPrivate().getEncoded()};
    for (byte[] seed : seeds) {
      for (int length = 0; length < seed.length; length++) {
        byte[] cut = Arrays.copyOf(seed, length);
        assertThatThrownBy(() -> RequestedKey.require(Bytes.copyOf(cut)))
            .isInstanceOf(IllegalArgumentException.class);
      }
      for (int bit = 0; bit < 32 * 8; bit++) {
        byte[] flipped = seed.clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThatThrownBy(() -> RequestedKey.require(Bytes.copyOf(flipped)))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  private static byte[] rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair().getPublic().getEncoded();
  }

  private static byte[] ec(String curve) throws Exception {
    return key("EC", new ECGenParameterSpec(curve));
  }

  private static byte[] key(String algorithm, AlgorithmParameterSpec parameters) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(parameters);
    return generator.generateKeyPair().getPublic().getEncoded();
  }

  /** {@return the key with other parameters in the place of the curve's name} */
  private static byte[] withCurve(byte[] spki, String parameters) {
    String algorithm = "06072a8648ce3d0201" + parameters;
    String point = HexFormat.of().formatHex(spki, 23, spki.length);
    String content = "30%02x".formatted(algorithm.length() / 2) + algorithm + point;
    return HexFormat.of().parseHex("30%02x".formatted(content.length() / 2) + content);
  }

  private static byte[] compressed(byte[] spki) {
    String prefix = spki[90] % 2 == 0 ? "02" : "03";
    String x = HexFormat.of().formatHex(spki, 27, 59);
    return HexFormat.of()
        .parseHex("3039301306072a8648ce3d020106082a8648ce3d030107032200" + prefix + x);
  }

  private static ContentSigner signer() throws Exception {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(jdkKey().getPrivate());
  }

  private static KeyPair jdkKey() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static byte[] csr() throws Exception {
    KeyPair pair = jdkKey();
    return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=admin"), pair.getPublic())
        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
        .getEncoded();
  }

  private static byte[] certificate() throws Exception {
    Instant now = Instant.now();
    return new X509v3CertificateBuilder(
            new X500Name("CN=a"),
            BigInteger.ONE,
            Date.from(now),
            Date.from(now.plusSeconds(60)),
            new X500Name("CN=b"),
            SubjectPublicKeyInfo.getInstance(GOOD.getPublic().getEncoded()))
        .build(signer())
        .getEncoded();
  }

  private static byte[] pem(String what, byte[] der) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getEncoder().encodeToString(der))
        .getBytes(StandardCharsets.US_ASCII);
  }
}
