package dev.alts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.cli.command.CliContext;
import dev.alts.cli.home.ConfigHome;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestTrustDomain;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
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

/** Roles, second admins and limits, as altsctl shows them. */
class RolesAndApprovalsTest {
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
  void whatTakesASecondAdminSaysHowToGoOnAndEndsWithItsOwnCode() {
    ca.answer(
        "POST",
        "/v1/revocations",
        FakeCa.Answer.json(
            202,
            """
            {"id":7,"kind":"revoke","target":"subject spiffe://demo.alts/demo/shop",
             "expiresAt":"2026-11-25T12:00:00Z"}
            """));

    assertThat(run("", "revoke", "--identity", SHOP, "--reason", "stolen")).isEqualTo(5);

    assertThat(err.toString())
        .contains("not done yet: revoke of subject spiffe://demo.alts/demo/shop takes a second")
        .contains("altsctl approval approve 7 --reason TEXT");
  }

  @Test
  void whoAsksTooOftenWaitsAsLongAsTheCaSaysAndAsksAgain() {
    ca.answerOnce("GET", "/v1/approvals?pending=true", FakeCa.Answer.json(429, "{}"));
    ca.answer(
        "GET",
        "/v1/approvals?pending=true",
        FakeCa.Answer.json(200, "{\"items\":[],\"next\":null}"));

    assertThat(run("", "approval", "list")).isZero();

    assertThat(out.toString()).contains("Nothing waits for a second admin.");
    assertThat(ca.received().stream().filter(call -> call.path().startsWith("/v1/approvals")))
        .hasSize(2);
  }

  @Test
  void aRefusalNamesTheRoleThatIsMissingAsTheCaDoes() {
    ca.answer(
        "GET",
        "/v1/roles",
        FakeCa.Answer.json(
            403,
            """
            {"title":"Forbidden","status":403,
             "detail":"This takes the permission human.read: the role operator. You have viewer."}
            """));

    assertThat(run("", "human", "role", "list")).isEqualTo(1);

    assertThat(err.toString()).contains("the role operator. You have viewer").contains("whoami");
  }

  @Test
  void aRoleIsSentWithItsLimitsAndNoEmptyOnes() {
    ca.answer(
        "POST",
        "/v1/humans/bob/roles",
        FakeCa.Answer.json(
            201,
            """
            {"role":"operator","pathPrefix":"/prod","machineLabels":{"env":"prod"}}
            """));

    assertThat(
            run(
                "",
                "human",
                "role",
                "grant",
                "bob",
                "operator",
                "--path-prefix",
                "/prod",
                "--machine-label",
                "env=prod",
                "--reason",
                "on call"))
        .as(err.toString())
        .isZero();

    JsonObject sent = JsonParser.parseString(ca.received().getLast().body()).getAsJsonObject();
    assertThat(sent.get("machineLabels").getAsJsonObject().get("env").getAsString())
        .isEqualTo("prod");
    assertThat(out.toString())
        .contains("bob is now operator for paths below /prod, machines with env=prod.");
  }

  @Test
  void anApprovalThatFailedIsNoSuccess() {
    ca.answer(
        "POST",
        "/v1/approvals/7/approve",
        FakeCa.Answer.json(
            200,
            """
            {"id":7,"kind":"taint","target":"t","state":"failed","requestedBy":"alice",
             "requestedAt":"-","expiresAt":"-","reason":"r","request":{},"decidedBy":"bob",
             "decidedAt":"-","decisionReason":"d","outcome":"No authority has been replaced."}
            """));

    assertThat(run("", "approval", "approve", "7", "--reason", "seen")).isEqualTo(1);

    assertThat(out.toString()).contains("outcome: No authority has been replaced.");
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
