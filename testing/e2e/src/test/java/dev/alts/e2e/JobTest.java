package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.alts.credentials.AgentCredentialSource;
import dev.alts.credentials.AgentSocket;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.CommandLine;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.DefaultX509Source.X509SourceOptions;
import io.spiffe.workloadapi.X509Source;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A CI job without an agent: altsctl run, with a real issuer and a real CA. */
class JobTest {
  private static final String IDENTITY = "spiffe://demo.alts/jobs/pay";

  private static Stage stage;
  private static CertificateAuthority ca;
  private static JobIssuer issuer;

  @BeforeAll
  static void anIssuerIsTrusted() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    issuer = JobIssuer.start();
    ca =
        CertificateAuthority.start(
            stage, Map.of("ALTS_CA_FETCH_PRIVATE_NETWORKS", "127.0.0.0/8,::1/128"));
    CommandLine admin = new CommandLine(stage, ca, "ada");
    JsonObject code =
        admin
            .ask("operator", "enrol-first-admin", "ada", "--operator-socket=" + ca.operatorSocket())
            .getAsJsonObject();
    assertThat(
            admin.tryTo(code.get("code").getAsString() + "\n", "login", "--code", "-").exitCode())
        .isZero();
    String root = Files.writeString(stage.path("issuer.pem"), issuer.rootPem()).toString();
    admin.ask(
        "exchange",
        "issuer",
        "add",
        "ci",
        "--url=" + issuer.url(),
        "--audience=alts",
        "--single-tenant",
        "--fact=repository",
        "--ca-file=" + root);
    String rules =
        Files.writeString(
                stage.path("jobs.yaml"),
                """
                rules:
                  - name: jobs
                    when: verified.oidc.issuer == "ci" && verified.oidc.repository == "pay"
                    identity: /jobs/{verified.oidc.repository}
                    ttl: 30m
                """)
            .toString();
    admin.ask("rule", "apply", "--file=" + rules, "--reason=test");
    assertThat(admin.tryTo("", "exchange", "issuer", "list").output()).contains("ci", "repository");
  }

  @AfterAll
  static void stopEverything() {
    issuer.close();
    stage.close();
  }

  private static Process run(String script) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(stage.programs().jdk().resolve("bin/java").toString());
    command.add("-jar");
    command.add(stage.programs().altsctl().toString());
    command.addAll(
        List.of("run", "--oidc", "--token-env=JOB_TOKEN", "--root=" + ca.rootFingerprint()));
    command.addAll(List.of("--", "sh", "-c", script));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(stage.path("run.log").toFile());
    builder.environment().put("ALTS_CA", ca.adminAddress());
    builder.environment().put("ALTS_CONFIG_HOME", stage.privateDirectory("job-home").toString());
    builder.environment().put("JOB_TOKEN", issuer.token("pay"));
    return builder.start();
  }

  private static String told(BufferedReader output) throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new AssertionError("ended: " + Files.readString(stage.path("run.log")));
    }
    return line;
  }

  @Test
  void aProgramOfAJobHasCredentialsInEveryFormAndNothingIsLeftOfThem() throws Exception {
    Process job =
        run(
            "echo $ALTS_AGENT_SOCKET; echo $SPIFFE_ENDPOINT_SOCKET; echo $ALTS_SVID_DIR; read x; exit 7");
    BufferedReader output = job.inputReader();
    Path socket = Path.of(told(output));
    String spiffe = told(output);
    Path files = Path.of(told(output));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files)))
        .isEqualTo("rwx------");
    assertThat(files.resolve("svid.pem")).content().contains("BEGIN CERTIFICATE");
    assertThat(files.resolve("svid_key.pem")).content().contains("BEGIN PRIVATE KEY");
    assertThat(files.resolve("svid_bundle.pem")).content().contains("BEGIN CERTIFICATE");
    try (AgentCredentialSource source =
        AgentCredentialSource.open(
            AgentCredentialSource.Settings.ofThisProcess().withSocket(new AgentSocket(socket)))) {
      assertThat(source.get().id()).hasToString(IDENTITY);
    }
    try (X509Source source =
        DefaultX509Source.newSource(X509SourceOptions.builder().spiffeSocketPath(spiffe).build())) {
      assertThat(new SpiffeMtls(source, IDENTITY).meet()).containsOnly(IDENTITY);
    }
    job.outputWriter().write("\n");
    job.outputWriter().flush();

    assertThat(job.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(job.exitValue()).isEqualTo(7);
    assertThat(files).doesNotExist();
  }

  /** More than once: the signal comes at every time around the program's start. */
  @RepeatedTest(5)
  void whoEndsAltsctlEndsTheProgramAndNothingIsLeft() throws Exception {
    Process job = run("trap 'exit 9' TERM; echo $ALTS_SVID_DIR; while :; do sleep 0.1; done");
    Path files = Path.of(told(job.inputReader()));
    assertThat(files).exists();

    job.destroy();

    assertThat(job.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(job.exitValue()).isEqualTo(9);
    assertThat(files).doesNotExist();
  }
}
