package dev.alts.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.cli.Altsctl;
import dev.alts.cli.home.ConfigHome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exports in the resources are what SPIRE 1.13.3 printed. */
class ImportSpireCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path directory;

  @Test
  void entriesThatDifferInWhatTheirPathsRepeatBecomeOneRule() throws Exception {
    int exit = importSpire("--agents", resource("agents.json"));

    assertThat(exit).isEqualTo(4);
    assertThat(out.toString())
        .contains("# 4 entries: 130fc308")
        .contains("identity: \"/{machine.labels.k8s_psat_cluster}/{workload.unix.user}\"")
        .contains("hint: \"main\"\n    dns-names: [\"svc.example.com\"]")
        .contains(
            """
                when: >-
                  machine.labels.k8s_psat_cluster in ["dev", "prod"]
                  && workload.unix.user in ["db", "web"]
                ttl: 7200s
            """);
    // An agent's alias of a join token is the machine that joined with it.
    assertThat(
            new YamlFile(Files.writeString(directory.resolve("r"), out.toString())).list("rules"))
        .anySatisfy(rule ->
            assertThat(rule.getAsJsonObject().get("when").getAsString())
                .isEqualTo(
                    "machine.name == \"11111111-2222-4333-8444-555555555555\""
                        + " && workload.unix.gid == 0 && workload.unix.user == \"root\""));
  }

  @Test
  void everyEntryIsAccountedFor() throws Exception {
    Path report = directory.resolve("report.json");

    importSpire("--agents", resource("agents.json"), "--report", report.toString());

    JsonObject account = JsonParser.parseString(Files.readString(report)).getAsJsonObject();
    assertThat(reasons(account.getAsJsonArray("notCovered")))
        .isEqualTo(
            Map.of(
                "/ops", "admin",
                "/nested", "downstream",
                "/stored", "store-svid",
                "/grp", "group-name",
                "/machine/m", "path",
                "/short", "expires"));
    assertThat(reasons(account.getAsJsonArray("grantNothing")))
        .isEqualTo(Map.of("/orphan", "no-parent"));
    JsonObject counts = account.getAsJsonObject("counts");
    assertThat(counts.get("entries").getAsInt())
        .isEqualTo(
            counts.get("covered").getAsInt()
                + counts.get("nodeAliases").getAsInt()
                + counts.get("notCovered").getAsInt()
                + counts.get("grantNothing").getAsInt());
    assertThat(account.getAsJsonArray("machines")).hasSize(1);
    assertThat(account.getAsJsonObject("labels").get("k8s_psat_cluster").getAsString())
        .isEqualTo("k8s_psat:cluster");
  }

  @Test
  void factsLabelsAndNamesAreTheUsersOwn() throws Exception {
    Path machines =
        Files.writeString(
            directory.resolve("machines.yaml"),
            "spiffe://demo.alts/spire/agent/join_token/11111111-2222-4333-8444-555555555555: web-1");

    importSpire(
        "--fact",
        "aws_secretsmanager:secretname=workload.of.mine",
        "--label",
        "k8s_psat:cluster=cluster",
        "--machines",
        machines.toString());

    assertThat(out.toString())
        .contains("machine.name == \"web-1\"")
        .contains("machine.labels.cluster == \"prod\"\n      && verified.k8s.ns == \"pay\"");
  }

  @Test
  void openRulesLeaveProcessesFreeAndMachinesAsTheyAre() throws Exception {
    importSpire("--generalise", "open");

    assertThat(out.toString())
        .contains("machine.labels.k8s_psat_cluster in [\"dev\", \"prod\"]\n    ttl: 7200s");
  }

  @Test
  void theSameEntriesInAnotherOrderAreTheSameText() throws Exception {
    importSpire();
    String before = out.toString();
    JsonObject export =
        JsonParser.parseString(Files.readString(Path.of(resource("entries.json"))))
            .getAsJsonObject();
    JsonArray reversed = new JsonArray();
    export.getAsJsonArray("entries").asList().reversed().forEach(reversed::add);
    export.add("entries", reversed);
    out.getBuffer().setLength(0);

    run(export.toString(), "import", "spire", "-f", "-");

    assertThat(out.toString()).isEqualTo(before);
  }

  @Test
  void whatIsNoExportIsRefusedWithWhatWasExpected() {
    assertThat(run("{\"agents\":[]}", "import", "spire", "-f", "-")).isEqualTo(2);
    assertThat(run("{\"entries\":[{\"id\":\"a\"", "import", "spire", "-f", "-")).isEqualTo(2);
    String long1 = "{\"entries\":[{\"id\":\"" + "x".repeat(2 << 20) + "\"}]}";
    assertThat(run(long1, "import", "spire", "-f", "-")).isEqualTo(2);

    assertThat(err.toString())
        .contains("no member \"entries\"")
        .contains("ends too early: was the export cut off?")
        .contains("object 1: longer than 1048576 characters")
        .contains("spire-server entry show -output json");
  }

  @Test
  void namesOfAnExportCannotEndTheirComment() {
    String entry =
        """
        {"entries":[{"id":"x\\n  - name: evil","spiffe_id":{"trust_domain":"d","path":"/a"},
         "parent_id":{"trust_domain":"d","path":"/spire/agent/x509pop/m"},
         "selectors":[{"type":"unix","value":"path:/a\\"b\\n"}]}]}
        """;

    assertThat(run(entry, "import", "spire", "-f", "-")).isZero();

    assertThat(out.toString())
        .contains("  # 1 entry: x?  - name: evil\n")
        .contains("workload.unix.path == \"/a\\\"b\\u000a\"");
  }

  private int importSpire(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("import", "spire", "-f", resource("entries.json")));
    arguments.addAll(List.of(more));
    return run("", arguments.toArray(String[]::new));
  }

  private int run(String input, String... arguments) {
    CliContext context =
        new CliContext(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err),
            Map.of(),
            new ConfigHome(directory.resolve("home")),
            () -> NOW,
            new SecureRandom());
    return Altsctl.commandLine(context).execute(arguments);
  }

  private static Map<String, String> reasons(JsonArray entries) {
    Map<String, String> reasons = new TreeMap<>();
    entries.forEach(one ->
        reasons.put(
            one.getAsJsonObject().get("spiffeId").getAsString().replace("spiffe://demo.alts", ""),
            one.getAsJsonObject().get("reason").getAsString()));
    return reasons;
  }

  private static String resource(String name) throws IOException, URISyntaxException {
    var found = ImportSpireCommandTest.class.getResource("/spire/" + name);
    if (found == null) {
      throw new IOException("no resource " + name);
    }
    return Path.of(found.toURI()).toString();
  }
}
