package dev.alts.ca.issuance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.KeyIdentifier;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.x509.AltsAttributesExtension;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a builder could err, one by one: the lint must name it. */
@Tag("abuse-5")
class ProfileLintTest {
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final String UNREADABLE = "readable by strict parsers";

  private static CaCore ca;

  @BeforeAll
  static void start() {
    ca = CaCore.start();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void whatTheBuilderMakesPasses() {
    CertificateContent content = content();

    assertThat(findings(CertificateBuilder.build(content), content, LONGEST)).isEmpty();
    assertThat(ProfileLint.names()).hasSizeGreaterThanOrEqualTo(25).doesNotHaveDuplicates();
  }

  static Stream<Arguments> errorsOfABuilder() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return Stream.of(
        broken("version 1", UNREADABLE, f -> f.remove("version")),
        broken("serial zero", UNREADABLE, f -> f.put("serial", new ASN1Integer(0))),
        broken("serial negative", UNREADABLE, f -> f.put("serial", new ASN1Integer(-7))),
        broken(
            "serial short",
            "serial has 64 to 159 bits",
            f -> f.put("serial", new ASN1Integer(BigInteger.ONE.shiftLeft(62)))),
        broken(
            "serial long",
            "serial has 64 to 159 bits",
            f -> f.put("serial", new ASN1Integer(BigInteger.ONE.shiftLeft(159)))),
        broken(
            "other serial",
            "serial is the recorded one",
            f -> f.put("serial", new ASN1Integer(BigInteger.ONE.shiftLeft(100)))),
        broken(
            "RSA signature",
            UNREADABLE,
            f ->
                f.put(
                    "signature",
                    new AlgorithmIdentifier(
                        PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE))),
        broken(
            "other issuer",
            "issuer is the authority's subject",
            f -> f.put("issuer", new X500Name("CN=somebody"))),
        broken("subject", "subject is empty", f -> f.put("subject", new X500Name("CN=somebody"))),
        broken(
            "too early",
            "validity is the authorized one",
            f -> f.put("validity", validity(now.minusSeconds(3600), now.plusSeconds(3600)))),
        broken(
            "before the authority",
            "validity is inside the authority's",
            f -> f.put("validity", validity(now.minusSeconds(864000), now.plusSeconds(3600)))),
        broken(
            "after the authority",
            "validity is inside the authority's",
            f ->
                f.put("validity", validity(now.minusSeconds(60), now.plus(Duration.ofDays(4000))))),
        broken(
            "backwards",
            "validity is positive",
            f -> f.put("validity", validity(now.plusSeconds(60), now.minusSeconds(60)))),
        broken(
            "too long",
            "life is within the profile's",
            f -> f.put("validity", validity(now.minusSeconds(60), now.plus(Duration.ofHours(25))))),
        broken(
            "not yet issued",
            "issued-at is inside the validity",
            f -> f.put("validity", validity(now.plusSeconds(600), now.plusSeconds(3600)))),
        broken(
            "other key",
            "public key is the authorized one",
            f -> f.put("spki", SubjectPublicKeyInfo.getInstance(CaCore.newSpki().toByteArray()))),
        broken(
            "unique identifier",
            "no unique identifiers",
            f -> f.put("unique", new DERTaggedObject(false, 1, new DERBitString(new byte[] {1})))),
        extension(
            "no name",
            "extensions are the profile's and no other",
            e -> e.remove(Extension.basicConstraints)),
        extension(
            "surplus",
            "extensions are the profile's and no other",
            e -> add(e, "1.2.3.4", false, DERNull.INSTANCE)),
        extension(
            "name not critical", UNREADABLE, e -> name(e, false, uri("spiffe://test.alts/web"))),
        extension(
            "other path",
            "subject alternative name is critical, the authorized SPIFFE ID and DNS names",
            e -> name(e, true, uri("spiffe://test.alts/db"))),
        extension(
            "two URIs",
            UNREADABLE,
            e -> name(e, true, uri("spiffe://test.alts/web"), uri("spiffe://test.alts/db"))),
        extension(
            "DNS name too",
            "subject alternative name is critical, the authorized SPIFFE ID and DNS names",
            e ->
                name(
                    e,
                    true,
                    uri("spiffe://test.alts/web"),
                    new GeneralName(GeneralName.dNSName, "web"))),
        extension(
            "IP address too",
            "subject alternative name is critical, the authorized SPIFFE ID and DNS names",
            e ->
                name(
                    e,
                    true,
                    uri("spiffe://test.alts/web"),
                    new GeneralName(GeneralName.iPAddress, "10.0.0.1"))),
        extension(
            "other trust domain",
            "SPIFFE ID is of the authority's trust domain",
            e -> name(e, true, uri("spiffe://other.alts/web"))),
        extension(
            "other kind",
            "path, profile, attributes and authority agree on the kind",
            e -> name(e, true, uri("spiffe://test.alts/human/ada"))),
        extension(
            "authority",
            UNREADABLE,
            e -> add(e, Extension.basicConstraints, true, new BasicConstraints(true))),
        extension(
            "constraints not critical",
            "basic constraints are critical and no authority",
            e -> add(e, Extension.basicConstraints, false, new BasicConstraints(false))),
        extension(
            "keyCertSign",
            UNREADABLE,
            e ->
                add(
                    e,
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign))),
        extension(
            "keyAgreement",
            "key usage is critical and digitalSignature alone",
            e ->
                add(
                    e,
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyAgreement))),
        extension(
            "any purpose",
            "extended key usage is serverAuth and clientAuth",
            e ->
                add(
                    e,
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                        new KeyPurposeId[] {
                          KeyPurposeId.id_kp_serverAuth,
                          KeyPurposeId.id_kp_clientAuth,
                          KeyPurposeId.anyExtendedKeyUsage
                        }))),
        extension(
            "other subject key identifier",
            "subject key identifier is the key's",
            e ->
                add(
                    e,
                    Extension.subjectKeyIdentifier,
                    false,
                    new SubjectKeyIdentifier(new byte[20]))),
        extension(
            "other authority key identifier",
            "authority key identifier is the authority's",
            e ->
                add(
                    e,
                    Extension.authorityKeyIdentifier,
                    false,
                    new AuthorityKeyIdentifier(new byte[20]))),
        attributes(
            "other boundary",
            "AltsAttributes are not critical and the authorized ones",
            a ->
                new AltsAttributes(
                    a.kind(),
                    "rack-8",
                    a.machine(),
                    a.revocationId(),
                    a.issuedAt(),
                    a.mayDelegate())),
        attributes(
            "no delegation",
            "mayDelegate is the profile's",
            a ->
                new AltsAttributes(
                    a.kind(), a.boundary(), a.machine(), a.revocationId(), a.issuedAt(), false)),
        attributes(
            "human",
            "authority's constraint permits it",
            a ->
                new AltsAttributes(
                    EntityKind.HUMAN,
                    a.boundary(),
                    a.machine(),
                    a.revocationId(),
                    a.issuedAt(),
                    a.mayDelegate())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("errorsOfABuilder")
  void errorOfTheBuilderIsFound(
      String error, String check, Consumer<Map<String, ASN1Encodable>> breakIt) throws Exception {
    CertificateContent content = content();
    Map<String, ASN1Encodable> fields = fieldsOf(CertificateBuilder.build(content));
    breakIt.accept(fields);

    List<String> findings = findings(encode(fields), content, LONGEST);

    assertThat(findings).as(error).anyMatch(finding -> finding.startsWith(check));
  }

  @Test
  void builderWritesTheSameBytesAsALibrary() {
    CertificateContent content = content();
    for (Instant notAfter :
        List.of(
            content.notAfter(),
            Instant.parse("2049-12-31T23:59:59Z"),
            Instant.parse("2050-01-01T00:00:00Z"))) {
      for (String path : List.of("/a", "/" + "long-segment/".repeat(20) + "end")) {
        for (String boundary : List.of("", "rack-7", "b".repeat(63))) {
          CertificateContent varied = varied(content, path, boundary, notAfter);

          assertThat(CertificateBuilder.build(varied))
              .as("%s in \"%s\" until %s", path, boundary, notAfter)
              .isEqualTo(BouncyCastleBuilder.build(varied));
        }
      }
    }
  }

  private static CertificateContent varied(
      CertificateContent content, String path, String boundary, Instant notAfter) {
    AltsAttributes attributes = content.attributes();
    return new CertificateContent(
        content.serial(),
        content.issuer(),
        SpiffeId.of(CaCore.DOMAIN, path),
        content.dnsNames(),
        content.profile(),
        new AltsAttributes(
            attributes.kind(),
            boundary,
            attributes.machine(),
            attributes.revocationId(),
            attributes.issuedAt(),
            attributes.mayDelegate()),
        content.spki(),
        content.notBefore(),
        notAfter);
  }

  @Test
  void everySingleBitFlipIsFoundOrChangesNothingThatWasAuthorized() {
    CertificateContent content = content();
    byte[] good = CertificateBuilder.build(content).toByteArray();

    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(findings(Bytes.copyOf(flipped), content, LONGEST)).as("bit %d", bit).isNotEmpty();
    }
  }

  @Test
  void keyOffItsCurveTypeOrOfTheAuthorityIsFound() {
    CertificateContent content = content();
    SigningAuthority authority = content.issuer();
    CertificateContent withAuthoritysKey =
        new CertificateContent(
            content.serial(),
            authority,
            content.subject(),
            content.dnsNames(),
            content.profile(),
            content.attributes(),
            authority.certificate().spki(),
            content.notBefore(),
            content.notAfter());

    assertThat(findings(CertificateBuilder.build(withAuthoritysKey), withAuthoritysKey, LONGEST))
        .contains("public key is not the authority's");
  }

  private static CertificateContent content() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    SigningAuthority authority = ca.bean(IssuingAuthorities.class).current(EntityKind.WORKLOAD);
    return new CertificateContent(
        BigInteger.ONE.shiftLeft(64).add(BigInteger.valueOf(42)),
        authority,
        SpiffeId.of(CaCore.DOMAIN, "/web"),
        List.of(),
        CertificateProfile.WORKLOAD_MASTER,
        new AltsAttributes(
            EntityKind.WORKLOAD, "rack-7", "host-1", RevocationId.of(2, 99), now, true),
        CaCore.newSpki(),
        now.minusSeconds(60),
        now.plusSeconds(3600));
  }

  private static Arguments broken(
      String error, String check, Consumer<Map<String, ASN1Encodable>> breakIt) {
    return Arguments.of(error, check, breakIt);
  }

  private static Arguments extension(
      String error, String check, Consumer<Map<ASN1ObjectIdentifier, Extension>> breakIt) {
    Consumer<Map<String, ASN1Encodable>> inFields =
        fields -> {
          Extensions found = Extensions.getInstance(fields.get("extensions"));
          Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();
          for (ASN1ObjectIdentifier oid : found.getExtensionOIDs()) {
            extensions.put(oid, found.getExtension(oid));
          }
          breakIt.accept(extensions);
          fields.put("extensions", new Extensions(extensions.values().toArray(Extension[]::new)));
        };
    return Arguments.of(error, check, inFields);
  }

  private static Arguments attributes(
      String error, String check, UnaryOperator<AltsAttributes> change) {
    return extension(
        error,
        check,
        extensions -> {
          try {
            Extension found = extensions.get(ProfileLint.ALTS_ATTRIBUTES);
            AltsAttributes changed =
                change.apply(
                    AltsAttributesExtension.parse(Bytes.copyOf(found.getExtnValue().getOctets())));
            add(
                extensions,
                ProfileLint.ALTS_ATTRIBUTES,
                false,
                ASN1Primitive.fromByteArray(AltsAttributesExtension.encode(changed).toByteArray()));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  private static void add(
      Map<ASN1ObjectIdentifier, Extension> extensions,
      String oid,
      boolean critical,
      ASN1Encodable value) {
    add(extensions, new ASN1ObjectIdentifier(oid), critical, value);
  }

  private static void add(
      Map<ASN1ObjectIdentifier, Extension> extensions,
      ASN1ObjectIdentifier oid,
      boolean critical,
      ASN1Encodable value) {
    try {
      extensions.put(oid, new Extension(oid, critical, value.toASN1Primitive().getEncoded("DER")));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void name(
      Map<ASN1ObjectIdentifier, Extension> extensions, boolean critical, GeneralName... names) {
    add(extensions, Extension.subjectAlternativeName, critical, new GeneralNames(names));
  }

  private static GeneralName uri(String text) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, text);
  }

  private static ASN1Encodable validity(Instant notBefore, Instant notAfter) {
    return new DERSequence(
        new ASN1Encodable[] {new Time(Date.from(notBefore)), new Time(Date.from(notAfter))});
  }

  private static Map<String, ASN1Encodable> fieldsOf(Bytes tbs) {
    TBSCertificate parsed = TBSCertificate.getInstance(tbs.toByteArray());
    ASN1Sequence sequence = (ASN1Sequence) parsed.toASN1Primitive();
    Map<String, ASN1Encodable> fields = new LinkedHashMap<>();
    List<String> names =
        List.of("version", "serial", "signature", "issuer", "validity", "subject", "spki");
    for (int i = 0; i < names.size(); i++) {
      fields.put(names.get(i), sequence.getObjectAt(i));
    }
    fields.put("unique", DERNull.INSTANCE);
    fields.put("extensions", parsed.getExtensions());
    return fields;
  }

  private static Bytes encode(Map<String, ASN1Encodable> fields) throws IOException {
    ASN1EncodableVector vector = new ASN1EncodableVector();
    fields.forEach((name, value) -> {
      if (name.equals("extensions")) {
        vector.add(new DERTaggedObject(true, 3, value));
      } else if (value != DERNull.INSTANCE) {
        vector.add(value);
      }
    });
    return Bytes.copyOf(new DERSequence(vector).getEncoded("DER"));
  }

  @Test
  void keyIdentifierIsOfTheKey() {
    assertThat(KeyIdentifier.of(CaCore.newSpki()).length()).isEqualTo(20);
  }

  private static List<String> findings(Bytes tbs, CertificateContent content, Duration longest) {
    return switch (ProfileLint.judge(tbs, content, longest)) {
      case ProfileLint.Verdict.Clean _ -> List.of();
      case ProfileLint.Verdict.Found found -> found.findings();
    };
  }
}
