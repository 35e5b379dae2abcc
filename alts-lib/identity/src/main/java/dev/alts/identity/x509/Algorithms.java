package dev.alts.identity.x509;

import dev.alts.identity.Bytes;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Which keys and signatures are good enough. A closed list: what is not on it is refused, unknown
 * algorithms included.
 */
final class Algorithms {
  private static final String RSA = "2a864886f70d010101";
  private static final String EC = "2a8648ce3d0201";
  private static final String ED25519 = "2b6570";

  /** Named curves only: with explicit parameters a stranger would choose our arithmetic. */
  private static final Set<String> CURVES = Set.of("2a8648ce3d030107", "2b81040022", "2b81040023");

  private static final Map<String, String> SIGNATURES =
      Map.of(
          "2a864886f70d01010b", "SHA256withRSA",
          "2a864886f70d01010c", "SHA384withRSA",
          "2a864886f70d01010d", "SHA512withRSA",
          "2a8648ce3d040302", "SHA256withECDSA",
          "2a8648ce3d040303", "SHA384withECDSA",
          "2a8648ce3d040304", "SHA512withECDSA",
          "2b6570", "Ed25519");

  private static final Bytes ECDSA_SHA256 = Bytes.fromHex("300a06082a8648ce3d040302");
  private static final int MIN_RSA_BITS = 2048;

  /** Verification time grows with the modulus; beyond this it only serves to tie us up. */
  private static final int MAX_RSA_BITS = 8192;

  private static final int MAX_RSA_EXPONENT_BITS = 33;

  private Algorithms() {}

  static void require(StrictCertificate certificate) throws InvalidCertificateException {
    requireSignature(certificate);
    requireKey(certificate);
  }

  /** {@return whether it is signed by ECDSA with SHA-256, as all of ours are} */
  static boolean isEcdsaSha256(StrictCertificate certificate) {
    return certificate.parts().signatureAlgorithm().equals(ECDSA_SHA256);
  }

  private static void requireSignature(StrictCertificate certificate)
      throws InvalidCertificateException {
    DerReader algorithm =
        new DerReader(certificate.parts().signatureAlgorithm().toByteArray())
            .enter(DerReader.SEQUENCE);
    String oid = Bytes.copyOf(algorithm.read(DerReader.OBJECT_IDENTIFIER)).toHex();
    if (!SIGNATURES.containsKey(oid)) {
      throw new InvalidCertificateException(
          "certificate: signature algorithm (expected: one of %s)".formatted(SIGNATURES.values()));
    }
  }

  private static void requireKey(StrictCertificate certificate) throws InvalidCertificateException {
    DerReader spki = new DerReader(certificate.spki().toByteArray()).enter(DerReader.SEQUENCE);
    DerReader algorithm = spki.enter(DerReader.SEQUENCE);
    String oid = Bytes.copyOf(algorithm.read(DerReader.OBJECT_IDENTIFIER)).toHex();
    byte[] key = spki.read(DerReader.BIT_STRING);
    spki.requireEnd();
    switch (oid) {
      case RSA -> requireRsa(key);
      case EC -> requireCurve(algorithm);
      case ED25519 -> algorithm.requireEnd();
      default ->
          throw new InvalidCertificateException(
              "certificate: key (expected: RSA, EC on a named curve, or Ed25519)");
    }
  }

  private static void requireRsa(byte[] bits) throws InvalidCertificateException {
    if (bits.length == 0 || bits[0] != 0) {
      throw new InvalidCertificateException("certificate: RSA key is not whole octets");
    }
    DerReader outer = new DerReader(Arrays.copyOfRange(bits, 1, bits.length));
    DerReader key = outer.enter(DerReader.SEQUENCE);
    outer.requireEnd();
    BigInteger modulus = key.readInteger(DerReader.INTEGER);
    BigInteger exponent = key.readInteger(DerReader.INTEGER);
    key.requireEnd();
    if (modulus.signum() <= 0
        || modulus.bitLength() < MIN_RSA_BITS
        || modulus.bitLength() > MAX_RSA_BITS) {
      throw new InvalidCertificateException(
          "certificate: RSA key of %d bits (expected: 2048 to 8192)"
              .formatted(modulus.bitLength()));
    }
    if (exponent.signum() <= 0
        || !exponent.testBit(0)
        || exponent.equals(BigInteger.ONE)
        || exponent.bitLength() > MAX_RSA_EXPONENT_BITS) {
      throw new InvalidCertificateException("certificate: RSA exponent");
    }
  }

  private static void requireCurve(DerReader algorithm) throws InvalidCertificateException {
    if (!algorithm.nextIs(DerReader.OBJECT_IDENTIFIER)) {
      throw new InvalidCertificateException("certificate: EC key (expected: a named curve)");
    }
    String curve = Bytes.copyOf(algorithm.read(DerReader.OBJECT_IDENTIFIER)).toHex();
    algorithm.requireEnd();
    if (!CURVES.contains(curve)) {
      throw new InvalidCertificateException(
          "certificate: EC key (expected: P-256, P-384 or P-521)");
    }
  }
}
