package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Puts the signed part and its signature together as a certificate (RFC 5280 4.1). */
public final class CertificateEnvelope {
  /** ecdsa-with-SHA256, without parameters (RFC 5758 3.2). */
  public static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private CertificateEnvelope() {}

  /** {@return the DER of the certificate with exactly these bytes as its signed part} */
  public static Bytes of(Bytes tbs, Bytes signature) {
    try {
      DERSequence certificate =
          new DERSequence(
              new org.bouncycastle.asn1.ASN1Encodable[] {
                ASN1Primitive.fromByteArray(tbs.toByteArray()),
                ALGORITHM,
                new DERBitString(signature.toByteArray())
              });
      return Bytes.copyOf(certificate.getEncoded(ASN1Encoding.DER));
    } catch (IOException e) {
      throw new UncheckedIOException("assembling a certificate", e);
    }
  }
}
