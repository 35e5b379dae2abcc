package dev.alts.benchmarks.ca;

import static dev.alts.ca.authority.DerElements.BIT_STRING;
import static dev.alts.ca.authority.DerElements.INTEGER;
import static dev.alts.ca.authority.DerElements.OCTET_STRING;
import static dev.alts.ca.authority.DerElements.SEQUENCE;
import static dev.alts.ca.authority.DerElements.element;

import dev.alts.identity.crypto.EcdsaP256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** What step-ca wants for a certificate: a CSR with a fresh key, and a one-time token. */
final class StepCaRequests {
  private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SET = 0x31;
  private static final int UTF8 = 0x0c;
  private static final int EXPLICIT_0 = 0xa0;
  private static final int IMPLICIT_DNS = 0x82;

  private final KeyPair provisioner;

  StepCaRequests() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    this.provisioner = generator.generateKeyPair();
  }

  /** {@return the public key with which tokens are verified} */
  String jwk() {
    byte[] spki = provisioner.getPublic().getEncoded();
    return """
    {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "bench",
     "x": "%s", "y": "%s"}\
    """
        .formatted(
            URL.encodeToString(Arrays.copyOfRange(spki, 27, 59)),
            URL.encodeToString(Arrays.copyOfRange(spki, 59, 91)));
  }

  /** {@return the body of a request for the certificate of host {@code number}} */
  String body(int port, int number) throws GeneralSecurityException {
    String host = "host-" + number + ".bench.test";
    String csr = Base64.getEncoder().encodeToString(csr(host));
    return """
    {"csr": "-----BEGIN CERTIFICATE REQUEST-----\\n%s\\n-----END CERTIFICATE REQUEST-----\\n",
     "ott": "%s"}\
    """
        .formatted(csr, token(port, host));
  }

  private String token(int port, String host) throws GeneralSecurityException {
    long now = Instant.now().getEpochSecond();
    // step-ca refuses tokens from before its own start, so they are not dated back
    String header = "{\"alg\":\"ES256\",\"kid\":\"bench\",\"typ\":\"JWT\"}";
    String claims =
        """
        {"iss":"bench","sub":"%1$s","sans":["%1$s"],"aud":"https://localhost:%2$d/1.0/sign",\
        "iat":%3$d,"nbf":%3$d,"exp":%4$d,"jti":"%5$016x"}\
        """
            .formatted(host, port, now, now + 290, RANDOM.nextLong());
    String signed = encode(header) + "." + encode(claims);
    Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initSign(provisioner.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + URL.encodeToString(signature.sign());
  }

  private static String encode(String json) {
    return URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** RFC 2986, with the name twice: as common name and as extension request. */
  private static byte[] csr(String host) {
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    KeyPair pair = EcdsaP256.best().generateKeyPair(RANDOM);
    byte[] commonName = element(SEQUENCE, hex("0603550403"), element(UTF8, name));
    byte[] san =
        element(
            SEQUENCE,
            hex("0603551d11"),
            element(OCTET_STRING, element(SEQUENCE, element(IMPLICIT_DNS, name))));
    byte[] request =
        element(SEQUENCE, hex("06092a864886f70d01090e"), element(SET, element(SEQUENCE, san)));
    byte[] info =
        element(
            SEQUENCE,
            element(INTEGER, new byte[] {0}),
            element(SEQUENCE, element(SET, commonName)),
            pair.getPublic().getEncoded(),
            element(EXPLICIT_0, request));
    return element(
        SEQUENCE,
        info,
        hex("300a06082a8648ce3d040302"),
        element(BIT_STRING, new byte[] {0}, EcdsaP256.best().sign(pair.getPrivate(), info)));
  }

  private static byte[] hex(String der) {
    return HexFormat.of().parseHex(der);
  }
}
