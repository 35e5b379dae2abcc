package dev.alts.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import dev.alts.cli.FakeCa.Answer;
import dev.alts.cli.FakeCa.Received;
import dev.alts.cli.command.CliContext;
import dev.alts.cli.home.ConfigHome;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestDocuments;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.AuthorityState;
import dev.alts.wire.handshake.v1.SignedDocument;
import dev.alts.wire.handshake.v1.TrustDocument;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AltsctlTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", NOW);
  private final ManualClock clock = new ManualClock(NOW);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;
  private FakeCa ca;

  @BeforeEach
  void startCa() throws Exception {
    ca = FakeCa.start(domain, "/ca");
  }

  @AfterEach
  void stopCa() {
    ca.close();
  }

  @Test
  void loginMakesKeysHereAndCallsAsTheHumanFromThenOn() {
    ca.answer("GET", "/v1/machines", Answer.json(200, "{\"items\":[],\"next\":null}"));

    int login = run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    int list = run("", "machine", "list");

    assertThat(login).as(err.toString()).isZero();
    assertThat(list).as(err.toString()).isZero();
    assertThat(ca.received())
        .extracting(Received::path, Received::client)
        .containsExactly(
            tuple("/v1/trust-documents", ""),
            tuple("/v1/enrolments/redeem", ""),
            tuple("/v1/trust-documents", ""),
            tuple("/v1/machines", domain.id("/human/ada")));
    assertThat(ca.received().get(1).body()).doesNotContain("PRIVATE").doesNotContain("key\"");
  }

  @Test
  void anyReplicaOfTheCaWillDo() throws Exception {
    FakeCa gone = FakeCa.start(domain, "/ca");
    gone.close();
    try (FakeCa behind = FakeCa.start(domain, "/ca")) {
      behind.answer("GET", "/v1/machines", Answer.json(503, "{\"title\":\"not caught up\"}"));
      ca.answer("GET", "/v1/machines", Answer.json(200, "{\"items\":[],\"next\":null}"));
      String replicas = gone.address() + "," + behind.address() + "," + ca.address();

      int login = run(code(domain), "login", "--ca", replicas, "--code", "-");
      int list = run("", "machine", "list");

      assertThat(login).as(err.toString()).isZero();
      assertThat(list).as(err.toString()).isZero();
      assertThat(behind.received()).extracting(Received::path).contains("/v1/machines");
      assertThat(ca.received()).extracting(Received::path).containsExactly("/v1/machines");
    }
  }

  @Test
  void aChangeGoesToTheNextReplicaIfOneClosesTheConnectionBeforeItHasTheRequest() throws Exception {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    ca.answer("POST", "/v1/machines/m-1/rotate", Answer.json(200, "{\"machine\":\"m-1\"}"));
    try (LeavingReplica leaving = LeavingReplica.start()) {
      String replicas = leaving.address() + "," + ca.address();

      int rotated = run("", "machine", "rotate", "m-1", "--ca", replicas);

      assertThat(rotated).as(err.toString()).isZero();
      assertThat(leaving.connections()).isPositive();
      assertThat(ca.received())
          .extracting(Received::path)
          .containsOnlyOnce("/v1/machines/m-1/rotate");
    }
  }

  @Test
  void loginFollowsTheTrustDocumentToTheNextRoot() throws Exception {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    KeyPair next = TestKeys.p256();
    ByteString nextSpki = ByteString.copyFrom(TestKeys.spki(next));
    SignedDocument bridge =
        domain.trustDocument(wire -> wire.setSequence(2).setSuccessorRootSpki(nextSpki));
    SignedDocument newest =
        TestDocuments.sign(
            TestDocuments.TRUST_DOCUMENT,
            TrustDocument.parseFrom(domain.trustDocument().getBody()).toBuilder()
                .setSequence(3)
                .setRootSpki(nextSpki)
                .build()
                .toByteArray(),
            next);
    ca.answer("GET", "/v1/machines", Answer.json(200, "{\"items\":[],\"next\":null}"));

    ca.publish(newest);
    assertThat(run("", "machine", "list")).as("without the bridge").isEqualTo(1);
    assertThat(err.toString()).contains("not the CA that you logged in to");
    ca.publish(newest, bridge);
    assertThat(run("", "machine", "list")).as(err.toString()).isZero();

    String root = HexFormat.of().formatHex(TestKeys.sha256(TestKeys.spki(next)));
    assertThat(Files.readString(home().resolve("login.json"))).contains(root);
    ca.publish(domain.trustDocument());
    assertThat(run("", "machine", "list")).as("from a replica that is behind").isZero();
    assertThat(Files.readString(home().resolve("login.json"))).contains(root);
  }

  /** It denies what it does not know, without asking who calls. */
  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void caFromBeforeRootsChangedIsServedAsBefore(int unknown) throws Exception {
    ca.answer("GET", "/v1/trust-documents", Answer.json(unknown, "{\"title\":\"none\"}"));
    ca.publishOldWay();
    ca.answer("GET", "/v1/machines", Answer.json(200, "{\"items\":[],\"next\":null}"));

    int login = run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    int list = run("", "machine", "list");

    assertThat(login).as(err.toString()).isZero();
    assertThat(list).as(err.toString()).isZero();
    try (FakeCa impostor = FakeCa.start(TestTrustDomain.of("demo.alts", NOW), "/ca")) {
      impostor.answer("GET", "/v1/trust-documents", Answer.json(unknown, "{}"));
      impostor.publishOldWay();
      assertThat(run(code(domain), "login", "--ca", impostor.address(), "--code", "-"))
          .isEqualTo(1);
      assertThat(impostor.received()).extracting(Received::method).containsOnly("GET");
    }
  }

  @Test
  void loginGetsNewCertificatesWhenItsAuthorityIsTainted() throws Exception {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    String before = Files.readString(home().resolve("login.json"));
    ca.answer("GET", "/v1/machines", Answer.json(200, "{\"items\":[],\"next\":null}"));
    ca.publish(
        domain.trustDocument(wire -> {
          wire.setSequence(2);
          wire.getAuthoritiesBuilderList()
              .forEach(authority -> authority.setState(AuthorityState.TAINTED));
        }));

    assertThat(run("", "machine", "list")).as(err.toString()).isZero();

    assertThat(ca.received())
        .extracting(Received::path, Received::client)
        .contains(tuple("/v1/login/renew", domain.id("/human/ada")));
    assertThat(Files.readString(home().resolve("login.json"))).isNotEqualTo(before);
  }

  @Test
  void loginIsKeptWhereOnlyItsOwnerReads() throws Exception {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");

    Path file = home().resolve("login.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home())))
        .isEqualTo("rwx------");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run("", "machine", "list")).isEqualTo(1);
    assertThat(err.toString()).contains("others may read it");
  }

  @Test
  void codeIsNotSentToACaThatItsFingerprintDoesNotVouchFor() throws Exception {
    try (FakeCa impostor = FakeCa.start(TestTrustDomain.of("demo.alts", NOW), "/ca")) {
      int exit = run(code(domain), "login", "--ca", impostor.address(), "--code", "-");

      assertThat(exit).isEqualTo(1);
      assertThat(err.toString()).contains("not the CA that made your code");
      assertThat(impostor.received())
          .extracting(Received::path)
          .containsOnly("/v1/trust-documents");
    }
  }

  @Test
  @Tag("abuse-36")
  void nobodyIsTrustedWhileTheTrustDocumentCannotBeHad() throws Exception {
    for (Answer failure :
        List.of(
            Answer.json(404, "{\"title\":\"none\"}"),
            Answer.json(500, "{\"title\":\"failed\"}"),
            Answer.json(200, ""),
            Answer.json(200, "{\"keys\":[]}"))) {
      ca.answer("GET", "/v1/trust-documents", failure);

      int exit = run(code(domain), "login", "--ca", ca.address(), "--code", "-");

      assertThat(exit).as(failure.toString()).isEqualTo(1);
      assertThat(home().resolve("login.json")).doesNotExist();
    }
    assertThat(ca.received())
        .extracting(Received::path)
        .as("neither the code nor a key went anywhere")
        .containsOnly("/v1/trust-documents", "/v1/trust-document");
  }

  @Test
  @Tag("abuse-60")
  void answerThatIsLargerThanAnyOfTheCaIsNotTakenIn() {
    ca.flood();

    int exit = run(code(domain), "login", "--ca", ca.address(), "--code", "-");

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("sends more than the CA ever does");
  }

  @Test
  void codeIsNotSentToAMachineOfTheTrustDomainThatStandsInForTheCa() throws Exception {
    try (FakeCa machine = FakeCa.start(domain, "/machine/m-1")) {
      int exit = run(code(domain), "login", "--ca", machine.address(), "--code", "-");

      assertThat(exit).isEqualTo(1);
      assertThat(machine.received()).extracting(Received::path).containsOnly("/v1/trust-documents");
    }
  }

  @Test
  void loginThatHasEndedIsSaidBeforeAnythingIsAsked() {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    int before = ca.received().size();

    clock.advance(Duration.ofHours(2));

    assertThat(run("", "machine", "list")).isEqualTo(1);
    assertThat(err.toString()).contains("ended at").contains("altsctl login");
    assertThat(ca.received()).hasSize(before);
  }

  @Test
  void refusalIsShownWithWhatToDo() {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    ca.answer(
        "POST",
        "/v1/join-tokens",
        Answer.json(
            403, "{\"title\":\"Refused\",\"detail\":\"only admins\",\"hint\":\"ask one\"}"));

    assertThat(run("", "token", "create")).isEqualTo(1);
    assertThat(err.toString()).contains("altsctl: Refused: only admins\n  ask one\n");
  }

  @Test
  void policyIsSetOnlyInThePlaceOfTheOneThatWasRead() {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    ca.answer(
        "GET",
        "/v1/policies/pacing",
        Answer.json(200, "{\"version\":7,\"policy\":{\"spreadSeconds\":5}}"));
    ca.answer(
        "PUT",
        "/v1/policies/pacing",
        Answer.json(412, "{\"detail\":\"at version 8 by now\",\"hint\":\"see show\"}"));

    int exit = run("", "policy", "pacing", "set", "--spread-seconds", "9", "--reason", "r");

    assertThat(exit).isEqualTo(1);
    assertThat(err.toString()).contains("at version 8 by now", "see show");
    assertThat(ca.received().getLast().ifMatch()).isEqualTo("\"7\"");
    assertThat(ca.received().getLast().body()).contains("\"spreadSeconds\":9");
  }

  @Test
  void listFollowsItsPagesAndPrintsJsonOnDemand() {
    run(code(domain), "login", "--ca", ca.address(), "--code", "-");
    ca.answer(
        "GET", "/v1/machines", Answer.json(200, "{\"items\":[{\"name\":\"a\"}],\"next\":\"a b\"}"));
    ca.answer(
        "GET",
        "/v1/machines?after=a+b",
        Answer.json(200, "{\"items\":[{\"name\":\"b\"}],\"next\":null}"));
    out.getBuffer().setLength(0);

    assertThat(run("", "machine", "list", "-o", "json")).isZero();
    assertThat(out.toString().replaceAll("\\s", ""))
        .isEqualTo("[{\"name\":\"a\"},{\"name\":\"b\"}]");
  }

  @Test
  void nobodyThereIsItsOwnExitCode() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    assertThat(run(code(domain), "login", "--ca", "127.0.0.1:" + port, "--code", "-")).isEqualTo(3);
    assertThat(run("", "operator", "enrol-first-admin", "ada", "--operator-socket", "/nowhere"))
        .isEqualTo(3);
  }

  @Test
  void wrongUsageSaysWhereHelpIs() {
    assertThat(run("", "token", "create", "--machines=x")).isEqualTo(2);
    assertThat(err.toString()).contains("altsctl token create --help");
    assertThat(run("alts1.nonsense", "login", "--ca", ca.address(), "--code", "-")).isEqualTo(2);
    assertThat(ca.received()).isEmpty();
  }

  private int run(String input, String... arguments) {
    CliContext context =
        new CliContext(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err),
            Map.of(),
            new ConfigHome(home()),
            clock,
            new SecureRandom());
    return Altsctl.commandLine(context).execute(arguments);
  }

  private Path home() {
    return directory.resolve("home");
  }

  private static String code(TestTrustDomain domain) {
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
    return String.join(".", "alts1", secret, HexFormat.of().formatHex(domain.rootSha256()));
  }
}
