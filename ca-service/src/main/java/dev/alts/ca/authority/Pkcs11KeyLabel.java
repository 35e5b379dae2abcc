package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/**
 * The certificate that lies beside a private key in the token, because the JDK finds private keys
 * by it. It says whose key this is and nothing that anybody should trust: no extension, no CA.
 */
final class Pkcs11KeyLabel {
  private static final Instant BEGIN = Instant.EPOCH;
  private static final Instant END = Instant.parse("2099-12-31T23:59:59Z");

  private Pkcs11KeyLabel() {}

  static Certificate of(String alias, KeyPair pair, Pkcs11Token.TokenSigner signer)
      throws GeneralSecurityException {
    X500Name name = new X500Name("CN=" + alias);
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(new ASN1Integer(BigInteger.ONE));
    tbs.setSignature(CertificateEnvelope.ALGORITHM);
    tbs.setIssuer(name);
    tbs.setSubject(name);
    tbs.setStartDate(new Time(Date.from(BEGIN)));
    tbs.setEndDate(new Time(Date.from(END)));
    tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
    try {
      Bytes signed = Bytes.copyOf(tbs.generateTBSCertificate().getEncoded("DER"));
      Bytes signature = Bytes.copyOf(signer.sign(signed.toByteArray()));
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(
              new ByteArrayInputStream(CertificateEnvelope.of(signed, signature).toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("encoding the certificate of a key in a token", e);
    }
  }
}
