package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.CommandLine.Outcome;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The move from SPIRE as an operator makes it: import, apply, compare. All through altsctl. */
class SpireShadowTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);
  private static final Instant NOW = Instant.now();
  private static final TestTrustDomain DOMAIN = TestTrustDomain.of("demo.alts", NOW);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static Stage stage;
  private static Cast cast;
  private static OtherAgent spire;
  private static Path agents;
  private static String ourUid;

  @BeforeAll
  static void importAndApply() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast = new Opening(stage, SILENT).play();
    spire = new OtherAgent(stage.path("spire.sock"));
    ourUid = Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
    agents = write("agents.json", "{\"agents\":[" + agent() + "]}");
    Path entries = entries("entries.json", entry("b", "/tools/mine", "uid:" + ourUid));
    Path rules = stage.path("imported.yaml");
    Outcome imported =
        run(
            "import",
            "spire",
            "--file=" + entries,
            "--agents=" + agents,
            "--default-ttl=30m",
            "--out=" + rules);
    assertThat(imported.exitCode()).as(imported.log()).isZero();
    cast.admin().ask("rule", "apply", "--file=" + rules, "--reason=from SPIRE");
    // From now on the agent gathers what the rules read.
    spire.gives(new OtherAgent.Given(svid("/tools/mine", Duration.ofMinutes(30)), ""));
    shadowUntil(outcome -> outcome.exitCode() == 0);
  }

  @AfterAll
  static void stopEverything() throws Exception {
    spire.close();
    stage.close();
  }

  @Test
  void bothAgentsAreComparedForTheProcessThatAsks() throws Exception {
    spire.gives(
        new OtherAgent.Given(svid("/tools/other", Duration.ofMinutes(30)), ""),
        new OtherAgent.Given(svid("/tools/mine", Duration.ofHours(2)), "internal"));
    Path report = stage.path("shadow.json");

    Outcome different = shadow("--report=" + report);
    spire.gives();
    Outcome onlyOurs = shadow();

    assertThat(different.exitCode()).as(different.log()).isEqualTo(4);
    assertThat(different.output())
        .containsPattern("only SPIRE +spiffe://demo.alts/tools/other")
        .containsPattern("differs +spiffe://demo.alts/tools/mine")
        .contains("ttl 7200 s, ours 18", "hint \"internal\", ours \"\"", "the default is SPIRE's");
    assertThat(Files.readString(report)).contains("\"verdict\":\"only SPIRE\"");
    assertThat(onlyOurs.exitCode()).isEqualTo(4);
    assertThat(onlyOurs.output()).containsPattern("only ALTS +spiffe://demo.alts/tools/mine");
  }

  @Test
  void anAgentThatIsNotThereIsNoDifference() throws Exception {
    Outcome outcome =
        run(
            "shadow",
            "spire",
            "--spire-socket=" + stage.path("nobody.sock"),
            "--alts-socket=" + cast.agent().socket());

    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.log()).contains("SPIRE's agent at");
  }

  @Test
  void allProcessesThatTheCaKnowsAreJudgedByEntries() throws Exception {
    Outcome same = fleet(entry("b", "/tools/mine", "uid:" + ourUid));
    Outcome different =
        fleet(
            entry("b", "/tools/mine", "uid:" + ourUid),
            entry("c", "/tools/more", "uid:" + ourUid),
            entry("d", "/tools/perhaps", "uid:" + ourUid, "gid:1"));

    assertThat(same.exitCode()).as(same.log() + same.output()).isZero();
    assertThat(same.output()).containsPattern("same +spiffe://demo.alts/tools/mine");
    assertThat(different.exitCode()).isEqualTo(4);
    assertThat(different.output())
        .containsPattern(
            Cast.MACHINE + " uid=" + ourUid + " +only SPIRE +spiffe://demo.alts/tools/more")
        .containsPattern("unknown +spiffe://demo.alts/tools/perhaps +depends on unix:gid:1");
  }

  private static Outcome fleet(String... entries) throws Exception {
    return run(
        "shadow",
        "fleet",
        "--file=" + entries("fleet.json", entries),
        "--agents=" + agents,
        "--machine=" + Cast.MACHINE,
        "--default-ttl=30m");
  }

  private static Outcome shadow(String... more) throws InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "shadow",
                "spire",
                "--spire-socket=" + stage.path("spire.sock"),
                "--alts-socket=" + cast.agent().socket()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private static void shadowUntil(Predicate<Outcome> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Outcome outcome = shadow();
    while (!wanted.test(outcome) && System.nanoTime() < deadline) {
      outcome = shadow();
    }
    assertThat(outcome).matches(wanted);
  }

  private static Outcome run(String... arguments) throws InterruptedException {
    return cast.admin().tryTo("", arguments);
  }

  private static TestSvid svid(String path, Duration life) {
    return DOMAIN.svid(
        path, DOMAIN.attributes(path), request -> request.validity(NOW, NOW.plus(life)));
  }

  private static Path entries(String file, String... entries) throws IOException {
    return write(file, "{\"entries\":[" + String.join(",", entries) + "]}");
  }

  private static Path write(String file, String content) throws IOException {
    return Files.writeString(stage.path(file), content);
  }

  /** As spire-server prints it, the machine's name at the end of its ID. */
  private static String agent() {
    return """
    {"id":%s,"attestation_type":"x509pop","x509svid_serial_number":"1",
     "x509svid_expires_at":"1","selectors":[],"banned":false,"can_reattest":true}\
    """
        .formatted(id("/spire/agent/x509pop/" + Cast.MACHINE));
  }

  private static String entry(String id, String path, String... selectors) {
    List<String> all = new ArrayList<>();
    for (String selector : selectors) {
      all.add("{\"type\":\"unix\",\"value\":\"%s\"}".formatted(selector));
    }
    return """
    {"id":"%s","spiffe_id":%s,"parent_id":%s,"selectors":%s,"x509_svid_ttl":0,
     "jwt_svid_ttl":0,"federates_with":[],"hint":"","admin":false,"downstream":false,
     "store_svid":false,"expires_at":"0","created_at":"1","revision_number":"0",
     "dns_names":[]}\
    """
        .formatted(id, id(path), id("/spire/agent/x509pop/" + Cast.MACHINE), all);
  }

  private static String id(String path) {
    return "{\"trust_domain\":\"demo.alts\",\"path\":\"%s\"}".formatted(path);
  }
}
