package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;

/** Makes the self-signed certificates of issuing authorities. */
final class AuthorityCertificates {
  /** Foreign verifiers whose clock is behind must not refuse a fresh authority. */
  private static final Duration BACKDATED = Duration.ofMinutes(10);

  private static final int SERIAL_BITS = 127;

  private final SecureRandom random;

  AuthorityCertificates(SecureRandom random) {
    this.random = random;
  }

  AuthorityCertificate selfSigned(
      TrustDomain domain, EntityKind kind, SigningKey key, Instant now, Duration lifetime) {
    Bytes keyIdentifier = KeyIdentifier.of(key.spki());
    X500Name name =
        new X500Name(
            "CN=ALTS %s authority %s"
                .formatted(
                    kind.name().toLowerCase(Locale.ROOT), keyIdentifier.toHex().substring(0, 16)));
    V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
    tbs.setSerialNumber(
        new ASN1Integer(new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1)));
    tbs.setSignature(CertificateEnvelope.ALGORITHM);
    tbs.setIssuer(name);
    tbs.setSubject(name);
    tbs.setStartDate(new Time(Date.from(now.minus(BACKDATED))));
    tbs.setEndDate(new Time(Date.from(now.plus(lifetime))));
    tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.spki().toByteArray()));
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      // X509-SVID.md 4.3 permits cRLSign; without it OpenSSL takes no list of this authority.
      extensions.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      extensions.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new SubjectKeyIdentifier(keyIdentifier.toByteArray()));
      extensions.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new AuthorityKeyIdentifier(keyIdentifier.toByteArray()));
      // X509-SVID.md 3.1: a signing certificate names its trust domain, without a path.
      extensions.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new GeneralName(GeneralName.uniformResourceIdentifier, domain.id().toString())));
      tbs.setExtensions(extensions.generate());
      Bytes signed = Bytes.copyOf(tbs.generateTBSCertificate().getEncoded("DER"));
      byte[] signature = key.sign(signed.toByteArray());
      return AuthorityCertificate.parse(CertificateEnvelope.of(signed, Bytes.copyOf(signature)));
    } catch (IOException e) {
      throw new UncheckedIOException("encoding an authority certificate", e);
    } catch (InvalidCertificateException e) {
      throw new AssertionError("our own authority certificates have the form we demand", e);
    }
  }
}
