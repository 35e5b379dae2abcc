package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.CommandLine.Outcome;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an operator asks and sets through altsctl, against a real CA with a real agent. */
class OperatorCommandsTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);
  private static final String PAYMENTS = Cast.id("/demo/" + Cast.PAYMENTS);
  private static final String BATCH = Cast.id("/demo/" + Cast.BATCH);

  private static Stage stage;
  private static Cast cast;

  @BeforeAll
  static void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast = new Opening(stage, SILENT).play();
  }

  @AfterAll
  static void stopEverything() {
    stage.close();
  }

  @Test
  void policiesAreSetPieceByPieceAndRemembered() throws Exception {
    JsonObject before = ask("policy", "revocation", "show").getAsJsonObject();

    ask("policy", "revocation", "set", "--max-channel-life=8h", "--reason=shorter");
    JsonObject after =
        ask("policy", "revocation", "set", "--when-stale=refuse-new", "--reason=stricter")
            .getAsJsonObject();

    JsonObject policy = after.getAsJsonObject("policy");
    assertThat(policy.get("maxChannelLife").getAsString()).isEqualTo("8h");
    assertThat(policy.get("whenStale").getAsString()).isEqualTo("refuse-new");
    assertThat(after.get("author").getAsString()).isEqualTo("/human/ada");
    assertThat(after.get("version").getAsLong()).isEqualTo(before.get("version").getAsLong() + 2);
    assertThat(texts(ask("policy", "revocation", "history"), "reason"))
        .startsWith("stricter", "shorter");
    assertThat(texts(ask("audit", "list", "--containing=policy.revocation"), "type"))
        .isNotEmpty()
        .containsOnly("AdminActed");
    assertThat(
            cast.admin()
                .tryTo("", "policy", "revocation", "set", "--max-channel-life=25h", "--reason=x")
                .exitCode())
        .isOne();
  }

  @Test
  void recordPolicyReachesEveryProcess() throws Exception {
    ask("policy", "record", "set", "--require-privacy", "--reason=test");
    JsonObject set = ask("policy", "record", "show").getAsJsonObject().getAsJsonObject("policy");
    assertThat(set.get("requirePrivacy").getAsBoolean()).isTrue();

    ask("policy", "record", "set", "--no-require-privacy", "--reason=test");
    JsonObject back = ask("policy", "record", "show").getAsJsonObject().getAsJsonObject("policy");
    assertThat(back.get("requirePrivacy").getAsBoolean()).isFalse();
    assertThat(back.get("recordProtocols")).isEqualTo(set.get("recordProtocols"));
  }

  @Test
  void bannedIdentityIsIssuedAgainOnceTheBanIsLifted() throws Exception {
    ask("revoke", "--identity=" + BATCH, "--ban", "--reason=test");
    assertThat(texts(ask("ban", "list"), "spiffeId")).containsExactly(BATCH);

    ask("unban", "--identity=" + BATCH, "--reason=rebuilt");

    assertThat(ask("ban", "list").getAsJsonArray()).isEmpty();
    Workload batch = cast.startClient(Cast.BATCH);
    assertThat(batch.await("identity").get("spiffeId").getAsString()).isEqualTo(BATCH);
    batch.process().close();
  }

  @Test
  void ledgerAnswersAnOwnersQuestions() throws Exception {
    JsonArray found = ask("cert", "list", "--identity=" + Cast.id("/demo/*")).getAsJsonArray();
    assertThat(texts(found, "spiffeId")).contains(PAYMENTS);
    String serial =
        ask("cert", "list", "--identity=" + PAYMENTS, "--limit=1")
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .get("serial")
            .getAsString();
    assertThat(ask("cert", "show", serial).getAsJsonObject().get("spiffeId").getAsString())
        .isEqualTo(PAYMENTS);
    assertThat(texts(ask("cert", "expiring", "--within=30h"), "spiffeId")).contains(PAYMENTS);
    assertThat(texts(ask("cert", "expiring", "--within=1s"), "spiffeId")).isEmpty();
    assertThat(ask("cert", "unrenewed").getAsJsonArray()).isEmpty();
    assertThat(texts(ask("cert", "inventory", "--prefix=" + Cast.id("/demo/")), "spiffeId"))
        .contains(PAYMENTS);
    ask("revoke", "--identity=" + Cast.id("/demo/" + Cast.SHOP), "--reason=test");
    assertThat(texts(ask("cert", "list", "--revoked"), "spiffeId"))
        .contains(Cast.id("/demo/" + Cast.SHOP));
  }

  @Test
  @Tag("abuse-43")
  void auditLogIsVerifiedAgainstWhatTheAgentKeeps() throws Exception {
    Path kept = stage.privateDirectory("agent").resolve("audit-checkpoint");
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!Files.exists(kept)) {
      assertThat(System.nanoTime()).as("the agent keeps no checkpoint").isLessThan(deadline);
      // Each call of altsctl is a process of its own: that is pause enough.
      ask("audit", "list", "--limit=1");
    }

    JsonObject report = ask("audit", "verify", "--checkpoint=" + kept).getAsJsonObject();

    assertThat(report.get("whole").getAsBoolean()).isTrue();
    assertThat(report.get("witnesses").getAsInt()).isOne();
    assertThat(report.get("checkpoints").getAsInt()).isPositive();
    Outcome forged = cast.admin().tryTo("", "audit", "verify", "--checkpoint=" + forged(kept));
    assertThat(forged.exitCode()).isOne();
    assertThat(forged.output()).contains("signature does not verify");
  }

  private static Path forged(Path kept) throws IOException {
    byte[] bytes = Files.readAllBytes(kept);
    // In the body, which comes first: the issue time or a hash.
    bytes[40] ^= 1;
    return Files.write(stage.path("forged-checkpoint"), bytes);
  }

  private static JsonElement ask(String... words) throws InterruptedException {
    return cast.admin().ask(words);
  }

  private static List<String> texts(JsonElement list, String name) {
    List<String> texts = new ArrayList<>();
    for (JsonElement item : list.getAsJsonArray()) {
      texts.add(item.getAsJsonObject().get(name).getAsString());
    }
    return texts;
  }
}
