package dev.alts.ca.crl;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.issuance.RevokedCertificates.Revoked;
import dev.alts.identity.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One complete list of one authority (RFC 5280 section 5). It is not partitioned and covers all
 * that the authority issues, so it carries no issuing distribution point. Not thread-safe.
 */
final class CrlSigner {
  private final SigningAuthority authority;
  private final V2TBSCertListGenerator list = new V2TBSCertListGenerator();
  private int entries;

  CrlSigner(SigningAuthority authority) {
    this.authority = authority;
  }

  void add(Revoked revoked) {
    list.addCRLEntry(
        new ASN1Integer(revoked.serial()), time(revoked.revokedAt()), reason(revoked.reasonCode()));
    entries++;
  }

  /** Unspecified is said by saying nothing (RFC 5280 5.3.1). */
  private static @Nullable Extensions reason(int code) {
    if (code == 0) {
      return null;
    }
    return extensions(
        generator -> generator.addExtension(Extension.reasonCode, false, CRLReason.lookup(code)));
  }

  /**
   * {@return the signed list}
   *
   * @throws IllegalStateException if what the keeper of the key gave back is not a signature of it
   */
  PublishedCrl sign(long number, Instant thisUpdate, Instant nextUpdate) {
    Bytes subject = authority.certificate().certificate().subject();
    Bytes spki = authority.certificate().spki();
    list.setIssuer(X500Name.getInstance(subject.toByteArray()));
    list.setSignature(CertificateEnvelope.ALGORITHM);
    list.setThisUpdate(time(thisUpdate));
    list.setNextUpdate(time(nextUpdate));
    list.setExtensions(
        extensions(generator -> {
          generator.addExtension(
              Extension.authorityKeyIdentifier,
              false,
              new AuthorityKeyIdentifier(KeyIdentifier.of(spki).toByteArray()));
          generator.addExtension(
              Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
        }));
    try {
      Bytes tbs = Bytes.copyOf(list.generateTBSCertList().getEncoded("DER"));
      Bytes signature = authority.signCrl(tbs);
      if (!authority.verifies(tbs, signature)) {
        throw new IllegalStateException(
            "the signature over the list of %s does not verify".formatted(authority));
      }
      return new PublishedCrl(number, entries, envelope(tbs, signature), thisUpdate, nextUpdate);
    } catch (IOException e) {
      throw new UncheckedIOException("encoding a list of revoked certificates", e);
    }
  }

  private static Bytes envelope(Bytes tbs, Bytes signature) throws IOException {
    ASN1EncodableVector parts = new ASN1EncodableVector();
    parts.add(ASN1Sequence.getInstance(tbs.toByteArray()));
    parts.add(CertificateEnvelope.ALGORITHM);
    parts.add(new DERBitString(signature.toByteArray()));
    return Bytes.copyOf(new DERSequence(parts).getEncoded("DER"));
  }

  private static Time time(Instant instant) {
    return new Time(Date.from(instant));
  }

  private interface Contents {
    void addTo(ExtensionsGenerator generator) throws IOException;
  }

  private static Extensions extensions(Contents contents) {
    ExtensionsGenerator generator = new ExtensionsGenerator();
    try {
      contents.addTo(generator);
    } catch (IOException e) {
      throw new UncheckedIOException("encoding an extension of a list", e);
    }
    return generator.generate();
  }
}
