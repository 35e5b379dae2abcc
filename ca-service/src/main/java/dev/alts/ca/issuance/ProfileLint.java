package dev.alts.ca.issuance;

import dev.alts.ca.authority.CertificateEnvelope;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.x509.AltsAttributesExtension;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;

/**
 * Step 4 of docs/issuance.md: reads the signed part back and compares it with the profile of an
 * X.509-SVID and with what was authorized. A builder that errs must not get anything signed.
 */
final class ProfileLint {
  static final ASN1ObjectIdentifier ALTS_ATTRIBUTES =
      new ASN1ObjectIdentifier(AltsAttributesExtension.OID);

  private static final Bytes DIGITAL_SIGNATURE = Bytes.fromHex("03020780");
  private static final Bytes SERVER_AND_CLIENT =
      Bytes.fromHex("301406082b0601050507030106082b06010505070302");
  private static final Bytes NO_AUTHORITY = Bytes.fromHex("3000");
  private static final Bytes P256_SPKI_PREFIX =
      Bytes.fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
  private static final int P256_POINT_BYTES = 64;
  private static final int MAX_BYTES = 4096;
  private static final Set<ASN1ObjectIdentifier> EXTENSIONS =
      Set.of(
          Extension.subjectAlternativeName,
          Extension.basicConstraints,
          Extension.keyUsage,
          Extension.extendedKeyUsage,
          Extension.subjectKeyIdentifier,
          Extension.authorityKeyIdentifier,
          ALTS_ATTRIBUTES);

  private static final List<Check> CHECKS =
      List.of(
          new Check("version is 3", c -> c.fields().getVersionNumber() == 3),
          new Check("DER is canonical", ProfileLint::isCanonical),
          new Check("size is bounded", c -> c.tbs().length() <= MAX_BYTES),
          new Check("serial is positive", c -> serial(c).signum() > 0),
          new Check(
              "serial has 64 to 159 bits",
              c -> serial(c).bitLength() >= 64 && serial(c).bitLength() <= 159),
          new Check("serial is the recorded one", c -> serial(c).equals(c.content().serial())),
          new Check(
              "signature algorithm is ecdsa-with-SHA256",
              c -> c.fields().getSignature().equals(CertificateEnvelope.ALGORITHM)),
          new Check(
              "issuer is the authority's subject",
              c ->
                  c.svid()
                      .certificate()
                      .issuer()
                      .equals(c.content().issuer().certificate().certificate().subject())),
          new Check("subject is empty", c -> c.fields().getSubject().getRDNs().length == 0),
          new Check(
              "no unique identifiers",
              c ->
                  c.fields().getIssuerUniqueId() == null
                      && c.fields().getSubjectUniqueId() == null),
          new Check(
              "validity is the authorized one",
              c ->
                  notBefore(c).equals(c.content().notBefore())
                      && notAfter(c).equals(c.content().notAfter())),
          new Check("validity is positive", c -> notAfter(c).isAfter(notBefore(c))),
          new Check(
              "validity is inside the authority's",
              c ->
                  !notBefore(c).isBefore(c.content().issuer().certificate().notBefore())
                      && !notAfter(c).isAfter(c.content().issuer().certificate().notAfter())),
          new Check(
              "life is within the profile's",
              c -> Duration.between(issuedAt(c), notAfter(c)).compareTo(c.longest()) <= 0),
          new Check(
              "issued-at is inside the validity",
              c -> !issuedAt(c).isBefore(notBefore(c)) && issuedAt(c).isBefore(notAfter(c))),
          new Check("public key is P-256", ProfileLint::isP256),
          new Check(
              "public key is the authorized one", c -> c.svid().spki().equals(c.content().spki())),
          new Check(
              "public key is not the authority's",
              c -> !c.svid().spki().equals(c.content().issuer().certificate().spki())),
          new Check(
              "extensions are the profile's and no other",
              c -> c.extensions().keySet().equals(EXTENSIONS)),
          new Check(
              "subject alternative name is critical, the authorized SPIFFE ID and DNS names",
              c ->
                  c.isCritical(Extension.subjectAlternativeName)
                      && c.value(Extension.subjectAlternativeName)
                          .equals(
                              LintEncodings.names(
                                  c.content().subject().toString(), c.content().dnsNames()))),
          new Check(
              "DNS names are only in what is handed out to a workload",
              c ->
                  c.content().dnsNames().isEmpty()
                      || c.content().profile() == CertificateProfile.WORKLOAD_HANDED_OUT),
          new Check("SPIFFE ID is of the authority's trust domain", ProfileLint::isOfTrustDomain),
          new Check(
              "path, profile, attributes and authority agree on the kind", ProfileLint::kindsAgree),
          new Check(
              "authority's constraint permits it",
              c ->
                  c.content().issuer().constraint().permitsKind(attributeKind(c))
                      && c.content().issuer().constraint().permitsPath(c.svid().id())
                      && c.content()
                          .issuer()
                          .constraint()
                          .permitsBoundary(c.content().attributes().boundary())),
          new Check(
              "basic constraints are critical and no authority",
              c ->
                  c.isCritical(Extension.basicConstraints)
                      && c.value(Extension.basicConstraints).equals(NO_AUTHORITY)),
          new Check(
              "key usage is critical and digitalSignature alone",
              c ->
                  c.isCritical(Extension.keyUsage)
                      && c.value(Extension.keyUsage).equals(DIGITAL_SIGNATURE)),
          new Check(
              "extended key usage is serverAuth and clientAuth",
              c -> c.value(Extension.extendedKeyUsage).equals(SERVER_AND_CLIENT)),
          new Check(
              "subject key identifier is the key's",
              c ->
                  c.svid()
                      .certificate()
                      .subjectKeyIdentifier()
                      .equals(Optional.of(KeyIdentifier.of(c.content().spki())))),
          new Check(
              "authority key identifier is the authority's",
              c ->
                  c.svid()
                      .certificate()
                      .authorityKeyIdentifier()
                      .equals(c.content().issuer().certificate().subjectKeyIdentifier())),
          new Check(
              "AltsAttributes are not critical and the authorized ones",
              c ->
                  !c.isCritical(ALTS_ATTRIBUTES)
                      && c.svid().attributes().equals(Optional.of(c.content().attributes()))),
          new Check(
              "mayDelegate is the profile's",
              c ->
                  c.svid().attributes().isPresent()
                      && c.svid().attributes().get().mayDelegate()
                          == c.content().profile().mayDelegate()));

  private ProfileLint() {}

  /** What became of a signed part. */
  sealed interface Verdict {
    /** It may be signed; {@code form} is what parsers read in it. */
    record Clean(SvidCertificate form) implements Verdict {}

    /** It must not be signed, for these reasons. */
    record Found(List<String> findings) implements Verdict {}
  }

  static Verdict judge(Bytes tbs, CertificateContent content, Duration longest) {
    LintCandidate candidate;
    try {
      candidate = LintCandidate.read(tbs, content, longest);
    } catch (InvalidCertificateException | RuntimeException e) {
      return new Verdict.Found(List.of("readable by strict parsers: " + e.getMessage()));
    }
    List<String> findings = findings(candidate);
    return findings.isEmpty() ? new Verdict.Clean(candidate.svid()) : new Verdict.Found(findings);
  }

  private static List<String> findings(LintCandidate candidate) {
    List<String> findings = new ArrayList<>();
    for (Check check : CHECKS) {
      if (!check.holds().test(candidate)) {
        findings.add(check.name());
      }
    }
    return findings;
  }

  static List<String> names() {
    return CHECKS.stream().map(Check::name).toList();
  }

  private static boolean isCanonical(LintCandidate c) {
    try {
      return c.tbs().equals(Bytes.copyOf(c.fields().getEncoded(ASN1Encoding.DER)));
    } catch (IOException e) {
      // Not encodable is not canonical; the finding says which check.
      return false;
    }
  }

  private static boolean isP256(LintCandidate c) {
    ByteBuffer spki = c.svid().spki().asByteBuffer();
    int prefix = P256_SPKI_PREFIX.length();
    return spki.remaining() == prefix + P256_POINT_BYTES
        && spki.slice(0, prefix).equals(P256_SPKI_PREFIX.asByteBuffer());
  }

  private static boolean isOfTrustDomain(LintCandidate c) {
    SpiffeId id = c.svid().id();
    try {
      c.content().issuer().certificate().requireVouchesFor(id.trustDomain());
      return id.trustDomain().equals(c.content().subject().trustDomain());
    } catch (InvalidCertificateException e) {
      // The authority names another trust domain; the finding says so.
      return false;
    }
  }

  private static boolean kindsAgree(LintCandidate c) {
    EntityKind kind = c.content().profile().kind();
    return EntityKind.ofPath(c.svid().id()).equals(Optional.of(kind))
        && attributeKind(c) == kind
        && c.content().issuer().kind() == kind;
  }

  private static EntityKind attributeKind(LintCandidate c) {
    return c.svid().attributes().map(a -> a.kind()).orElse(c.content().attributes().kind());
  }

  private static BigInteger serial(LintCandidate c) {
    return c.fields().getSerialNumber().getValue();
  }

  private static Instant notBefore(LintCandidate c) {
    return c.svid().notBefore();
  }

  private static Instant notAfter(LintCandidate c) {
    return c.svid().notAfter();
  }

  private static Instant issuedAt(LintCandidate c) {
    return c.content().attributes().issuedAt();
  }

  /** One rule, by the name under which it is reported. */
  private record Check(String name, Predicate<LintCandidate> holds) {}
}
