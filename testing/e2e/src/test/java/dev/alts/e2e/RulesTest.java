package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator finds out about rules before and after they decide, all through altsctl. */
class RulesTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);
  private static final String SHOP = Cast.id("/demo/" + Cast.SHOP);

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
  void dryRunNamesWhoWouldLoseItsIdentityAndTakesItFromNobody() throws Exception {
    String nothing = Files.writeString(stage.path("none.yaml"), "rules: []\n").toString();
    String certificate = cast.shop().certificate();

    JsonObject preview =
        cast.admin().ask("rule", "apply", "--dry-run", "--file=" + nothing).getAsJsonObject();
    String forPeople = cast.admin().tryTo("", "rule", "apply", "--dry-run", "-f", nothing).output();

    assertThat(preview.getAsJsonObject("identities").get("withdrawn").getAsInt()).isEqualTo(2);
    assertThat(forPeople)
        .contains("nothing was changed")
        .contains("withdrawn  " + SHOP + "  on " + Cast.MACHINE)
        .contains("there are no rules yet");
    assertThat(cast.shop().certificate()).isEqualTo(certificate);
    assertThat(cast.admin().ask("rule", "list").getAsJsonArray()).isNotEmpty();
  }

  @Test
  void earlierVersionComesBackAsANewOne() throws Exception {
    long before = versions().get(0).getAsJsonObject().get("version").getAsLong();
    Path rules = stage.path("rules.json");
    cast.admin().ask("rule", "apply", "--file=" + rules, "--reason=again");

    cast.admin().ask("rule", "rollback", Long.toString(before), "--reason=was better");

    JsonObject newest = versions().get(0).getAsJsonObject();
    assertThat(newest.get("version").getAsLong()).isEqualTo(before + 2);
    assertThat(newest.get("reason").getAsString()).isEqualTo("was better");
    assertThat(cast.admin().tryTo("", "rule", "show", Long.toString(before)).output())
        .contains("version " + before)
        .contains(Cast.SHOP);
  }

  @Test
  void machinesReachIsShownWithWhatItWouldHaveToClaim() throws Exception {
    String reach = cast.admin().tryTo("", "machine", "blast-radius", Cast.MACHINE).output();

    assertThat(reach).contains(SHOP + "  by rule " + Cast.SHOP + ", claiming workload.unix.");
  }

  @Test
  void certificateAndRequestAreExplained() throws Exception {
    JsonObject issued =
        cast.admin()
            .ask("svid", "list", "--identity=" + SHOP)
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();

    String why =
        cast.admin().tryTo("", "explain", "svid", issued.get("serial").getAsString()).output();
    JsonObject request =
        cast.admin()
            .ask(
                "explain", "request", "--machine=" + Cast.MACHINE, "--facts", "workload.unix.uid=9")
            .getAsJsonObject();

    assertThat(why)
        .contains("gives " + SHOP)
        .contains("fact machine.labels.env = demo  (verified by the CA")
        .contains("the agent's word")
        .contains("rule " + Cast.SHOP + ": matches");
    assertThat(request.getAsJsonArray("granted")).isEmpty();
    assertThat(failures(request)).allSatisfy(failed -> assertThat(failed).contains("workload."));
  }

  @Test
  void identityIsExplainedAsOfNowAndAsOfBeforeThereWereRules() throws Exception {
    String facts = Files.writeString(stage.path("facts.yaml"), "workload.unix.uid: 9\n").toString();

    String now = cast.admin().tryTo("", "explain", "svid", SHOP).output();
    String never =
        cast.admin().tryTo("", "explain", "svid", SHOP, "--at=2020-01-01T00:00:00Z").log();
    JsonObject before =
        cast.admin()
            .ask(
                "explain",
                "request",
                "--machine=" + Cast.MACHINE,
                "--at=2020-01-01T00:00:00Z",
                "--facts",
                facts)
            .getAsJsonObject();
    String tested = cast.admin().tryTo("", "rule", "test", "--facts", facts).output();
    String call =
        cast.admin()
            .tryTo("", "explain", "authorization", "--client=" + SHOP, "--server=" + SHOP)
            .output();

    assertThat(now)
        .contains("gives " + SHOP)
        .contains("certificates of " + SHOP + " that are live");
    assertThat(never).contains("Nobody held a certificate of " + SHOP);
    assertThat(before.get("firstObstacle").getAsString()).isEqualTo("there are no rules");
    assertThat(tested).contains("granted  nothing");
    assertThat(call).contains("ok  authorization: the CA gives out no authorization policy");
  }

  @Test
  void changeThatTakesMoreThanAllowedIsRefusedAndTakesNothing() throws Exception {
    String nothing = Files.writeString(stage.path("nothing.yaml"), "rules: []\n").toString();
    String certificate = cast.shop().certificate();

    var refused =
        cast.admin().tryTo("", "rule", "apply", "--allow-withdrawals=1", "--file=" + nothing);

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.log()).contains("would withdraw more than 1 identities on machines");
    assertThat(cast.shop().certificate()).isEqualTo(certificate);
  }

  private static JsonArray versions() throws InterruptedException {
    return cast.admin().ask("rule", "history").getAsJsonArray();
  }

  private static List<String> failures(JsonObject explanation) {
    return explanation.getAsJsonArray("rules").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(rule -> rule.get("failed").getAsString())
        .toList();
  }
}
