package dev.alts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.cli.FakeCa.Answer;
import dev.alts.cli.command.CliContext;
import dev.alts.cli.home.ConfigHome;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestTrustDomain;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevokeAndNamingTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final String SHOP = "spiffe://demo.alts/demo/shop";

  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", NOW);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;
  private FakeCa ca;

  @BeforeEach
  void logIn() throws Exception {
    ca = FakeCa.start(domain, "/ca");
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
    String code = String.join(".", "alts1", secret, HexFormat.of().formatHex(domain.rootSha256()));
    assertThat(run(code, "login", "--ca", ca.address(), "--code", "-")).as(err.toString()).isZero();
    out.getBuffer().setLength(0);
  }

  @AfterEach
  void stopCa() {
    ca.close();
  }

  @Test
  void revocationSaysWhatItReached() {
    ca.answer("POST", "/v1/revocations", receipt(3));

    assertThat(run("", "revoke", "--identity", SHOP, "--ban", "--reason", "stolen")).isZero();

    JsonObject sent = lastBody();
    assertThat(sent.get("spiffeId").getAsString()).isEqualTo(SHOP);
    assertThat(sent.get("ban").getAsBoolean()).isTrue();
    assertThat(sent.get("reason").getAsString()).isEqualTo("stolen");
    assertThat(out.toString())
        .contains("issued before 2026-11-24T12:00:00Z; list 7")
        .contains("Certificates in use concerned: 3; identities with new resumption keys: 1.");
  }

  @Test
  void revocationThatReachesNothingSaysSoBecauseTheNameMayBeMistyped() {
    ca.answer("POST", "/v1/revocations", receipt(0));

    assertThat(run("", "revoke", "--identity", SHOP + "p", "--reason", "stolen")).isZero();

    assertThat(out.toString()).contains("No certificate in use is concerned").contains("check");
  }

  @Test
  void revokeNeedsOneTargetAndAReasonAndABanWhatCanBeBanned() {
    int before = ca.received().size();

    assertThat(run("", "revoke", "--reason", "x")).isEqualTo(2);
    assertThat(run("", "revoke", "--machine", "m", "--identity", SHOP, "--reason", "x"))
        .isEqualTo(2);
    assertThat(run("", "revoke", "--machine", "m")).isEqualTo(2);
    assertThat(err.toString()).contains("--reason");
    assertThat(run("", "revoke", "--certificate", "0123456789abcdef", "--ban", "--reason", "x"))
        .isEqualTo(2);

    assertThat(err.toString())
        .contains("--ban goes with --identity or --machine only")
        .contains("see: altsctl revoke --help");
    assertThat(ca.received()).hasSize(before);
  }

  @Test
  void helpOfRevokeSaysWhereARevocationIdIsFound() {
    assertThat(run("", "revoke", "--help")).isZero();

    assertThat(out.toString())
        .contains("altsctl cert list")
        .contains("--ban")
        .contains("--machine");
  }

  @Test
  void namingListShowsTheModeBecauseAnEmptyPolicyMayMeanEitherExtreme() {
    ca.answer(
        "GET",
        "/v1/naming",
        Answer.json(200, "{\"version\":4,\"mode\":\"strict\",\"entries\":[]}"));

    assertThat(run("", "naming", "list")).as(err.toString()).isZero();

    assertThat(out.toString())
        .isEqualToIgnoringNewLines("Version 4, mode strict: a target without entry is refused.\n");
  }

  @Test
  void namingExplainSaysWhoAnswersAndWhyAServerIsRefused() {
    ca.answer(
        "GET",
        "/v1/naming/explain?target=pay%3A443&spiffeId=spiffe%3A%2F%2Fdemo.alts%2Fdemo%2Fshop",
        Answer.json(
            200,
            "{\"target\":\"pay:443\",\"mode\":\"trust-domain\",\"entries\":[{\"target\":\"pay\","
                + "\"identities\":[\"spiffe://demo.alts/demo/payments\"],\"origin\":\"operator\"}],"
                + "\"accepted\":false,\"reason\":\"not among those\"}"));

    assertThat(run("", "naming", "explain", "pay:443", "--server", SHOP))
        .as(err.toString())
        .isZero();

    assertThat(out.toString())
        .contains("pay:443 is answered by one of these only:")
        .contains("spiffe://demo.alts/demo/payments")
        .contains("refused: not among those");
  }

  @Test
  void refusedPolicyFileIsShownWithTheReasonOfTheCa() throws Exception {
    Path file = Files.writeString(directory.resolve("naming.yaml"), "mode: lenient\nentries: []\n");
    ca.answer("GET", "/v1/naming", Answer.json(200, "{\"version\":4}"));
    ca.answer(
        "PUT",
        "/v1/naming",
        Answer.json(
            400,
            "{\"title\":\"Bad Request\",\"detail\":\"mode: expected strict or trust-domain\"}"));

    assertThat(run("", "naming", "apply", "-f", file.toString())).isEqualTo(1);

    assertThat(err.toString()).contains("mode: expected strict or trust-domain");
    assertThat(ca.received().getLast().ifMatch()).isEqualTo("\"4\"");
    assertThat(run("", "naming", "apply", "-f", directory.resolve("none.yaml").toString()))
        .isEqualTo(2);
  }

  private static Answer receipt(int certificates) {
    return Answer.json(
        201,
        "{\"counter\":7,\"since\":\"2026-11-24T12:00:00Z\",\"resumptions\":1,\"certificates\":%d}"
            .formatted(certificates));
  }

  private JsonObject lastBody() {
    return JsonParser.parseString(ca.received().getLast().body()).getAsJsonObject();
  }

  private int run(String input, String... arguments) {
    CliContext context =
        new CliContext(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err),
            Map.of(),
            new ConfigHome(directory.resolve("home")),
            new ManualClock(NOW),
            new SecureRandom());
    return Altsctl.commandLine(context).execute(arguments);
  }
}
