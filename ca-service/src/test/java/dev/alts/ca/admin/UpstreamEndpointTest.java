package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.testing.CorporateCa;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.testing.CertificateRequest;
import dev.alts.testing.TestKeys;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** An upstream CA above the authority of workloads, over REST, with a company's PKI beside it. */
class UpstreamEndpointTest {
  private static final RunningCa CA = RunningCa.get();
  private static final Path OPENSSL = Path.of("/usr/bin/openssl");
  private static final Instant NOW = Instant.now();
  private static final CorporateCa CORPORATE = CorporateCa.of(NOW);
  private static HumanClient admin;
  private static byte[] csr;

  @BeforeAll
  static void anAdminAsksForARequest() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "alice", EnrolmentPurpose.ADMIN));
    csr = Base64.getDecoder().decode(requested("current").get("csr").asString());
  }

  @AfterEach
  void nothingIsLeft() {
    CA.jdbc().execute("DELETE FROM upstream_chain");
  }

  @AfterAll
  static void sheLeaves() {
    admin.close();
  }

  @Test
  void requestIsForTheAuthoritysOwnNameAndKeyAndForACaWithoutCasBelow() throws IOException {
    JsonNode answer = requested("current");

    PKCS10CertificationRequest request =
        new PKCS10CertificationRequest(Base64.getDecoder().decode(answer.get("csr").asString()));
    Extensions extensions = CorporateCa.requestedExtensions(request);

    assertThat(request.getSubject().toString())
        .startsWith("CN=ALTS workload authority ")
        .isEqualTo(answer.get("subject").asString());
    assertThat(BasicConstraints.fromExtensions(extensions).isCA()).isTrue();
    assertThat(BasicConstraints.fromExtensions(extensions).getPathLenConstraint()).isZero();
    assertThat(KeyUsage.fromExtensions(extensions))
        .isEqualTo(new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    assertThat(extensions.getExtensionOIDs()).hasSize(4);
    assertThat(list().findValuesAsString("sha256")).contains(answer.get("authority").asString());
  }

  @Test
  void whatTheUpstreamCaSignedIsInstalledListedReplacedAndRemoved() {
    JsonNode installed = HumanClient.json(install(CORPORATE.certify(csr)));

    assertThat(installed.get("state").asString()).isEqualTo("good");
    assertThat(installed.get("root").asString()).isEqualTo("CN=Example Corporation Root");
    assertThat(installed.get("certificates").asInt()).isEqualTo(2);
    assertThat(installed.get("installedBy").asString()).isEqualTo("/human/alice");
    assertThat(Instant.parse(installed.get("notAfter").asString()))
        .isBefore(NOW.plus(Duration.ofDays(366)));
    assertThat(state()).isEqualTo("good");

    String shorter = CORPORATE.certify(csr, made -> made.validity(NOW.minusSeconds(60), in(9)));
    assertThat(HumanClient.json(install(shorter)).get("notAfter").asString())
        .isLessThan(installed.get("notAfter").asString());

    String remove =
        "{\"authority\":\"%s\",\"reason\":\"r\"}".formatted(installed.get("sha256").asString());
    assertThat(admin.post("/v1/upstream-chains/remove", remove).statusCode()).isEqualTo(200);
    assertThat(state()).isEqualTo("none");
    assertThat(admin.post("/v1/upstream-chains/remove", remove).statusCode()).isEqualTo(409);
  }

  @Test
  void textAroundTheCertificatesAndNameConstraintsThatPermitUsDoNoHarm() {
    CorporateCa constrained =
        CorporateCa.of(
            NOW,
            root -> {},
            subordinate -> subordinate.extension("2.5.29.30", true, permitted("test.alts")));
    String pem = constrained.certify(csr).replace("-----BEGIN", "subject=x\nissuer=y\n-----BEGIN");

    assertThat(install(pem.replace("\n", "\r\n")).statusCode()).isEqualTo(200);
  }

  /** The commands of docs/operate/authorities.md, with the extensions that it recommends. */
  @Test
  void whatTheDocumentedCommandSignsIsInstalled(@TempDir Path directory) throws Exception {
    assumeTrue(Files.isExecutable(OPENSSL), "openssl is missing (Debian: apt install openssl)");
    String extensions =
        Files.readString(Path.of("..", "docs", "operate", "authorities.md"))
            .lines()
            .map(String::strip)
            .filter(line -> line.matches("(authorityKeyIdentifier|nameConstraints) = .*"))
            .map(line -> line.replace("demo.alts", "test.alts"))
            .collect(Collectors.joining("\n"));
    assertThat(extensions.lines()).hasSize(2);
    Files.writeString(directory.resolve("alts.ext"), extensions);
    Files.write(directory.resolve("authority.csr"), csr);

    openssl(
        directory,
        "req -x509 -newkey rsa:2048 -nodes -keyout corporate.key -out corporate.pem -days 3650"
            + " -subj /CN=Corporate -addext keyUsage=critical,keyCertSign");
    openssl(
        directory,
        "x509 -req -inform DER -in authority.csr -CA corporate.pem -CAkey corporate.key -days 400"
            + " -copy_extensions copyall -extfile alts.ext -out authority.pem");
    HttpResponse<String> answer =
        install(
            Files.readString(directory.resolve("authority.pem"))
                + Files.readString(directory.resolve("corporate.pem")));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(HumanClient.json(answer).get("certificates").asInt()).isOne();
  }

  private static void openssl(Path directory, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(OPENSSL.toString()));
    command.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  @Tag("abuse-43")
  void everyActIsInTheAuditLogWithTheHumansNameAlsoIfItIsRefused() {
    requested("current");
    install(CORPORATE.certify(csr));
    install(CORPORATE.certify(csr, made -> made.ca(0).keyUsage(KeyUsage.cRLSign)));

    List<String> bodies =
        CA.jdbc()
            .queryForList("SELECT body FROM audit_event WHERE type = 'AdminActed'", String.class);
    assertThat(bodies)
        .anySatisfy(body -> assertThat(body).contains("/human/alice", "upstream.request", "why"))
        .anySatisfy(
            body -> assertThat(body).contains("/human/alice", "upstream.install", "under root"));
    assertThat(bodies.stream().filter(body -> body.contains("upstream.install")).count())
        .isGreaterThanOrEqualTo(2);
  }

  /** What an administrator, or who takes his place, may send back instead. */
  private record Refusal(String name, Function<byte[], String> chain, String because) {
    static Refusal of(String name, Consumer<CertificateRequest> knobs, String because) {
      return new Refusal(name, csr -> CORPORATE.certify(csr, knobs), because);
    }

    static Refusal ofCompany(
        String name,
        Consumer<CertificateRequest> root,
        Consumer<CertificateRequest> subordinate,
        String because) {
      return new Refusal(name, csr -> CorporateCa.of(NOW, root, subordinate).certify(csr), because);
    }

    static Refusal ofList(
        String name, Function<List<byte[]>, List<byte[]>> change, String because) {
      return new Refusal(
          name,
          csr ->
              CorporateCa.pem(change.apply(new ArrayList<>(CORPORATE.certified(csr, made -> {})))),
          because);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Refusal> refusals() {
    return Stream.of(
        // abuse-9: a good certificate, but not of what it is installed for
        Refusal.of("another key", made -> made.keyPair(TestKeys.p256()), "not of a workload"),
        new Refusal(
            "the authority of machines",
            csr -> CORPORATE.certify(csr, made -> made.keyPair(authorityOfMachines())),
            "not of a workload authority that signs"),
        Refusal.of("another name", made -> made.subject("CN=ALTS"), "subject of the first"),
        new Refusal(
            "another key identifier",
            csr -> CorporateCa.pem(CORPORATE.certifiedUnderItsOwnKeyIdentifier(csr)),
            "subject key identifier of the first"),
        // abuse-11: what is no authority
        Refusal.of("a leaf", made -> made.noBasicConstraints(), "an issuer is not a CA"),
        Refusal.of("no keyCertSign", made -> made.keyUsage(KeyUsage.cRLSign), "lacks keyCertSign"),
        Refusal.of("no key usage", made -> made.keyUsage(0), "lacks keyCertSign"),
        Refusal.of(
            "for mail only", made -> made.purposes("1.3.6.1.5.5.7.3.4"), "extended key usage"),
        Refusal.ofCompany(
            "no room below", root -> {}, made -> made.ca(0), "1 intermediates below an issuer"),
        Refusal.ofCompany(
            "no room below the root", made -> made.ca(1), made -> {}, "2 intermediates below"),
        Refusal.ofCompany(
            "a subordinate that is no CA",
            root -> {},
            made -> made.noBasicConstraints(),
            "not a CA"),
        // names and policies that exclude us
        Refusal.ofCompany(
            "names elsewhere",
            root -> {},
            made -> made.extension("2.5.29.30", true, permitted("corp.example")),
            "\"test.alts\" is outside"),
        Refusal.of(
            "our name excluded",
            made -> made.extension("2.5.29.30", true, excluded("test.alts")),
            "\"test.alts\" is outside"),
        Refusal.ofCompany(
            "policies demanded",
            root -> {},
            made -> made.extension("2.5.29.36", true, explicitPolicy()),
            "policy constraints"),
        Refusal.of(
            "a critical extension that nobody knows",
            made -> made.extension("1.3.6.1.4.1.99999.1", true, new byte[] {5, 0}),
            "unknown critical extension"),
        // time
        Refusal.of("expired", made -> made.validity(in(-9), NOW.minusSeconds(1)), "ends at"),
        Refusal.of("not yet valid", made -> made.validity(in(1), in(9)), "not valid before"),
        Refusal.of(
            "shorter than a leaf", made -> made.validity(in(-1), NOW.plusSeconds(3600)), "ends at"),
        // abuse-13: weak, foreign, too much
        Refusal.ofCompany(
            "a weak root",
            made -> made.keyPair(TestKeys.rsa(1024)),
            made -> {},
            "RSA key of 1024 bits"),
        Refusal.of(
            "signed with SHA-1",
            made -> made.signatureAlgorithm("SHA1withRSA"),
            "signature algorithm"),
        Refusal.of("version 1", made -> made.version1(), "version 1"),
        Refusal.ofList(
            "without the root", all -> all.subList(0, 2), "the last certificate is no root"),
        Refusal.ofList("the root only", all -> all.subList(2, 3), "1 certificates"),
        Refusal.ofList("a gap", all -> List.of(all.get(0), all.get(2)), "issuer's name"),
        Refusal.ofList(
            "in another order",
            all -> List.of(all.get(1), all.get(0), all.get(2)),
            "not of a workload"),
        Refusal.ofList(
            "one twice", all -> List.of(all.get(0), all.get(1), all.get(1), all.get(2)), "twice"),
        Refusal.ofList(
            "another company's root of the same name",
            all ->
                List.of(
                    all.get(0),
                    all.get(1),
                    CorporateCa.of(NOW, made -> made.keyPair(TestKeys.rsa(2048)), made -> {})
                        .root()),
            "key identifiers do not match"),
        Refusal.ofList(
            "a forged signature", UpstreamEndpointTest::withOneBitFlipped, "refused by the JDK"),
        Refusal.ofList(
            "too many",
            all -> Stream.of(all, all).flatMap(List::stream).toList(),
            "6 certificates"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  @Tag("abuse-9")
  @Tag("abuse-11")
  @Tag("abuse-13")
  void whatClientsOfTheUpstreamCaWouldNotAcceptIsRefusedAndChangesNothing(Refusal refusal) {
    HttpResponse<String> answer = install(refusal.chain().apply(csr));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(HumanClient.json(answer).get("detail").asString()).contains(refusal.because());
    assertThat(state()).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no PEM at all",
        "-----BEGIN CERTIFICATE-----\nAAAA",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\n-----BEGIN CERTIFICATE-----",
        "-----END CERTIFICATE-----"
      })
  @Tag("abuse-13")
  void whatIsNoChainInPemIsRefusedWithTheReason(String pem) {
    HttpResponse<String> answer = install(pem);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(HumanClient.json(answer).get("detail").asString()).startsWith("chain: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"reason\":\"r\"}",
        "{\"kind\":\"machine\",\"reason\":\"r\"}",
        "{\"kind\":\"human\",\"slot\":\"current\",\"reason\":\"r\"}",
        "{\"kind\":\"workload\",\"slot\":\"old\",\"reason\":\"r\"}",
        "{\"kind\":\"workload\"}"
      })
  void requestsAreForWorkloadsAndWithAReasonOnly(String body) {
    assertThat(admin.post("/v1/upstream-chains/request", body).statusCode()).isEqualTo(400);
  }

  @Test
  void ofAnAuthorityThatIsNotPreparedNothingIsRequested() {
    HttpResponse<String> answer =
        admin.post(
            "/v1/upstream-chains/request",
            "{\"kind\":\"workload\",\"slot\":\"next\",\"reason\":\"r\"}");

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("Prepare one first");
  }

  private static KeyPair authorityOfMachines() {
    Bytes spki =
        CA.bean(TrustDocuments.class).current().parsed().authorities().stream()
            .filter(authority -> authority.constraint().kinds().contains(EntityKind.MACHINE))
            .findFirst()
            .orElseThrow()
            .certificate()
            .spki();
    return new KeyPair(EcdsaP256.best().decodePublicKey(spki), null);
  }

  private static JsonNode requested(String slot) {
    HttpResponse<String> answer =
        admin.post(
            "/v1/upstream-chains/request",
            "{\"kind\":\"workload\",\"slot\":\"%s\",\"reason\":\"why\"}".formatted(slot));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return HumanClient.json(answer);
  }

  private static HttpResponse<String> install(String pem) {
    return admin.post(
        "/v1/upstream-chains",
        "{\"chain\":\"%s\",\"reason\":\"why\"}"
            .formatted(pem.replace("\r", "\\r").replace("\n", "\\n")));
  }

  private static JsonNode list() {
    return HumanClient.json(admin.get("/v1/upstream-chains")).get("items");
  }

  /** {@return how it stands with the authority that signs} */
  private static String state() {
    for (JsonNode each : list()) {
      if (each.get("authorityState").asString().equals("active")) {
        return each.get("state").asString();
      }
    }
    throw new AssertionError("no workload authority signs");
  }

  private static Instant in(int days) {
    return NOW.plus(Duration.ofDays(days));
  }

  private static List<byte[]> withOneBitFlipped(List<byte[]> chain) {
    byte[] first = chain.getFirst().clone();
    first[first.length - 1] ^= 1;
    return List.of(first, chain.get(1), chain.get(2));
  }

  private static byte[] permitted(String host) {
    return der(new NameConstraints(new GeneralSubtree[] {subtree(host)}, null));
  }

  private static byte[] excluded(String host) {
    return der(new NameConstraints(null, new GeneralSubtree[] {subtree(host)}));
  }

  private static GeneralSubtree subtree(String host) {
    return new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, host));
  }

  private static byte[] explicitPolicy() {
    return der(new DERSequence(new DERTaggedObject(false, 0, new ASN1Integer(0))));
  }

  private static byte[] der(org.bouncycastle.asn1.ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded("DER");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
