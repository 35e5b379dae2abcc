package dev.alts.ca.federation;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EllipticCurve;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which JSON web keys may verify JWT-SVIDs (JWT-SVID.md 2: RS, ES and PS with 256, 384, 512), and
 * how a public key is written as one (RFC 7518 section 6).
 */
final class JwkRules {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;
  private static final int MAX_KEY_ID = 256;

  private JwkRules() {}

  private enum Curve {
    P256("P-256", "secp256r1", 32),
    P384("P-384", "secp384r1", 48),
    P521("P-521", "secp521r1", 66);

    private final String crv;
    private final int bytes;
    private final String standardName;

    Curve(String crv, String standardName, int bytes) {
      this.crv = crv;
      this.standardName = standardName;
      this.bytes = bytes;
    }

    private EllipticCurve equation() {
      try {
        AlgorithmParameters algorithm = AlgorithmParameters.getInstance("EC");
        algorithm.init(new ECGenParameterSpec(standardName));
        return algorithm.getParameterSpec(ECParameterSpec.class).getCurve();
      } catch (GeneralSecurityException e) {
        throw new AssertionError("every JDK has the curves of NIST", e);
      }
    }

    boolean has(BigInteger x, BigInteger y) {
      EllipticCurve curve = equation();
      BigInteger p = ((ECFieldFp) curve.getField()).getP();
      BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
      return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.pow(2).mod(p).equals(right);
    }
  }

  /** {@return the key, or empty if its kind is not for JWT-SVIDs, so that it is ignored} */
  static Optional<JwtVerificationKey> understood(JsonNode key) throws InvalidBundleException {
    String keyId = member(key, "kid");
    if (keyId == null || keyId.isEmpty() || keyId.length() > MAX_KEY_ID) {
      throw new InvalidBundleException(
          "bundle: kid of a jwt-svid key (expected: 1 to %d characters)".formatted(MAX_KEY_ID));
    }
    Map<String, String> jwk = new LinkedHashMap<>();
    jwk.put("use", "jwt-svid");
    jwk.put("kid", keyId);
    String type = String.valueOf(member(key, "kty"));
    switch (type) {
      case "EC" -> {
        Optional<Map<String, String>> point = point(key);
        if (point.isEmpty()) {
          return Optional.empty();
        }
        jwk.putAll(point.get());
      }
      case "RSA" -> jwk.putAll(rsa(key));
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(new JwtVerificationKey(keyId, jwk));
  }

  /** {@return the members that say what a public key is} */
  static Map<String, String> publicKey(PublicKey key) {
    Map<String, String> jwk = new LinkedHashMap<>();
    switch (key) {
      case ECPublicKey ec -> {
        int bits = ec.getParams().getCurve().getField().getFieldSize();
        Curve curve =
            Arrays.stream(Curve.values())
                .filter(each -> each.equation().getField().getFieldSize() == bits)
                .findFirst()
                .orElseThrow(
                    () -> new IllegalArgumentException("curve of %d bits".formatted(bits)));
        jwk.put("kty", "EC");
        jwk.put("crv", curve.crv);
        jwk.put("x", encoded(ec.getW().getAffineX(), curve.bytes));
        jwk.put("y", encoded(ec.getW().getAffineY(), curve.bytes));
      }
      case RSAPublicKey rsa -> {
        jwk.put("kty", "RSA");
        jwk.put("n", encoded(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8));
        jwk.put("e", encoded(rsa.getPublicExponent(), 1));
      }
      default -> throw new IllegalArgumentException("key: " + key.getAlgorithm());
    }
    return jwk;
  }

  private static Optional<Map<String, String>> point(JsonNode key) throws InvalidBundleException {
    String name = String.valueOf(member(key, "crv"));
    Optional<Curve> curve =
        Arrays.stream(Curve.values()).filter(each -> each.crv.equals(name)).findFirst();
    if (curve.isEmpty()) {
      return Optional.empty();
    }
    BigInteger x = number(key, "x");
    BigInteger y = number(key, "y");
    if (!curve.get().has(x, y)) {
      throw new InvalidBundleException("bundle: a jwt-svid key is no point of " + name);
    }
    Map<String, String> jwk = new LinkedHashMap<>();
    jwk.put("kty", "EC");
    jwk.put("crv", name);
    jwk.put("x", encoded(x, curve.get().bytes));
    jwk.put("y", encoded(y, curve.get().bytes));
    return Optional.of(jwk);
  }

  private static Map<String, String> rsa(JsonNode key) throws InvalidBundleException {
    BigInteger modulus = number(key, "n");
    BigInteger exponent = number(key, "e");
    if (modulus.bitLength() < MIN_RSA_BITS
        || modulus.bitLength() > MAX_RSA_BITS
        || !modulus.testBit(0)
        || !exponent.testBit(0)
        || exponent.compareTo(BigInteger.TWO) < 0
        || exponent.bitLength() > Integer.SIZE) {
      throw new InvalidBundleException(
          "bundle: an RSA key of %d bits (expected: %d to %d, a usual exponent)"
              .formatted(modulus.bitLength(), MIN_RSA_BITS, MAX_RSA_BITS));
    }
    Map<String, String> jwk = new LinkedHashMap<>();
    jwk.put("kty", "RSA");
    jwk.put("n", encoded(modulus, (modulus.bitLength() + 7) / 8));
    jwk.put("e", encoded(exponent, 1));
    return jwk;
  }

  private static BigInteger number(JsonNode key, String member) throws InvalidBundleException {
    String text = member(key, member);
    try {
      if (text != null && !text.isEmpty()) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (bytes.length <= MAX_RSA_BITS / 8) {
          return new BigInteger(1, bytes);
        }
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidBundleException("bundle: %s (expected: base64url)".formatted(member), e);
    }
    throw new InvalidBundleException("bundle: %s (expected: base64url)".formatted(member));
  }

  private static @Nullable String member(JsonNode key, String name) {
    JsonNode value = key.get(name);
    return value != null && value.isString() ? value.asString() : null;
  }

  /** Unsigned and big-endian, of at least {@code length} bytes. */
  private static String encoded(BigInteger value, int length) {
    byte[] bytes = value.toByteArray();
    int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    int significant = bytes.length - from;
    byte[] fixed = new byte[Math.max(length, significant)];
    System.arraycopy(bytes, from, fixed, fixed.length - significant, significant);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
  }
}
