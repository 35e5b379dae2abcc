package dev.alts.testing;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;

/**
 * What a test wants in a certificate. Starts as a good one; every knob can break it. Mutable, for
 * one certificate, like the lambda that turns the knobs.
 */
public final class CertificateRequest {
  final List<GeneralName> names = new ArrayList<>();
  final List<Extension> extensions = new ArrayList<>();
  KeyPair keyPair;
  Instant notBefore;
  Instant notAfter;
  X500Name subject = new X500Name(new RDN[0]);
  @Nullable X500Name issuer;
  BigInteger serial = new BigInteger(126, new SecureRandom()).setBit(126);
  boolean sanCritical = true;
  @Nullable TestAttributes attributes;
  boolean attributesCritical;
  boolean ca;
  int pathLength = -1;
  boolean basicConstraints = true;
  int keyUsage = KeyUsage.digitalSignature;
  boolean keyUsageCritical = true;
  List<String> purposes = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
  boolean authorityKeyIdentifier = true;
  byte @Nullable [] authorityKeyIdentifierValue;
  boolean subjectKeyIdentifier = true;
  String signatureAlgorithm = "SHA256withECDSA";
  boolean version1;

  CertificateRequest(KeyPair keyPair, Instant notBefore, Instant notAfter) {
    this.keyPair = keyPair;
    this.notBefore = notBefore;
    this.notAfter = notAfter;
  }

  public CertificateRequest uri(String uri) {
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    return this;
  }

  public CertificateRequest noNames() {
    names.clear();
    return this;
  }

  public CertificateRequest dnsName(String name) {
    names.add(new GeneralName(GeneralName.dNSName, name));
    return this;
  }

  public CertificateRequest keyPair(KeyPair other) {
    keyPair = other;
    return this;
  }

  public CertificateRequest validity(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  public CertificateRequest serial(BigInteger other) {
    serial = other;
    return this;
  }

  public CertificateRequest subject(String name) {
    subject = new X500Name(name);
    return this;
  }

  /** Names another issuer than the one that signs. */
  public CertificateRequest issuer(String name) {
    issuer = new X500Name(name);
    return this;
  }

  public CertificateRequest sanCritical(boolean critical) {
    sanCritical = critical;
    return this;
  }

  public CertificateRequest attributes(@Nullable TestAttributes other) {
    attributes = other;
    return this;
  }

  public CertificateRequest attributesCritical() {
    attributesCritical = true;
    return this;
  }

  /** Makes it an authority; a negative length is no limit. */
  public CertificateRequest ca(int maxPathLength) {
    ca = true;
    pathLength = maxPathLength;
    keyUsage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    purposes = List.of();
    return this;
  }

  /** Basic constraints say CA, and nothing else changes. */
  public CertificateRequest claimsToBeCa() {
    ca = true;
    return this;
  }

  public CertificateRequest noBasicConstraints() {
    basicConstraints = false;
    return this;
  }

  /** Bits of BouncyCastle's {@code KeyUsage}; 0: no such extension. */
  public CertificateRequest keyUsage(int bits) {
    keyUsage = bits;
    return this;
  }

  public CertificateRequest keyUsageNotCritical() {
    keyUsageCritical = false;
    return this;
  }

  public CertificateRequest purposes(String... oids) {
    purposes = List.of(oids);
    return this;
  }

  public CertificateRequest noAuthorityKeyIdentifier() {
    authorityKeyIdentifier = false;
    return this;
  }

  public CertificateRequest authorityKeyIdentifier(byte[] value) {
    authorityKeyIdentifierValue = value;
    return this;
  }

  public CertificateRequest noSubjectKeyIdentifier() {
    subjectKeyIdentifier = false;
    return this;
  }

  public CertificateRequest extension(String oid, boolean critical, byte[] value) {
    extensions.add(new Extension(new ASN1ObjectIdentifier(oid), critical, value));
    return this;
  }

  public CertificateRequest signatureAlgorithm(String jcaName) {
    signatureAlgorithm = jcaName;
    return this;
  }

  /** Version 1, which has no extensions at all. */
  public CertificateRequest version1() {
    version1 = true;
    return this;
  }
}
