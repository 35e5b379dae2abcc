package dev.alts.ca.authority;

import static dev.alts.ca.authority.DerElements.BIT_STRING;
import static dev.alts.ca.authority.DerElements.SEQUENCE;
import static dev.alts.ca.authority.DerElements.element;

import dev.alts.identity.Bytes;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Puts the signed part and its signature together as a certificate (RFC 5280 4.1). */
public final class CertificateEnvelope {
  /** ecdsa-with-SHA256, without parameters (RFC 5758 3.2). */
  public static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private static final Bytes ALGORITHM_DER = Bytes.fromHex("300a06082a8648ce3d040302");
  private static final byte[] NO_UNUSED_BITS = {0};

  private CertificateEnvelope() {}

  /** {@return {@link #ALGORITHM}, encoded} */
  public static Bytes algorithmDer() {
    return ALGORITHM_DER;
  }

  /** {@return the DER of the certificate with exactly these bytes as its signed part} */
  public static Bytes of(Bytes tbs, Bytes signature) {
    return Bytes.copyOf(
        element(
            SEQUENCE,
            tbs.toByteArray(),
            ALGORITHM_DER.toByteArray(),
            element(BIT_STRING, NO_UNUSED_BITS, signature.toByteArray())));
  }
}
