package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.stage.Agent;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.CommandLine;
import dev.alts.demo.stage.CommandLine.Outcome;
import dev.alts.demo.stage.Stage;
import dev.alts.demo.stage.Workload;
import java.time.Duration;
import java.util.Map;

/** Brings everyone on stage: CA, first admin, machine, rules, workloads. */
public final class Opening {
  private final Stage stage;
  private final Story story;
  private final Map<String, String> caVariables;

  public Opening(Stage stage, Story story) {
    this(stage, story, Map.of());
  }

  /**
   * @param caVariables environment of the CA: properties beside those that it needs
   */
  public Opening(Stage stage, Story story, Map<String, String> caVariables) {
    this.stage = stage;
    this.story = story;
    this.caVariables = Map.copyOf(caVariables);
  }

  /** {@return the cast, ready to play} */
  public Cast play() throws Exception {
    CertificateAuthority ca = startCa();
    CommandLine admin = enrolFirstAdmin(ca);
    Agent agent = attestMachine(ca, admin);
    return issueIdentities(ca, admin, agent);
  }

  private CertificateAuthority startCa() throws Exception {
    story.scene("A certificate authority");
    long start = System.nanoTime();
    CertificateAuthority ca =
        story.await(
            "starting the CA and its database",
            () -> CertificateAuthority.start(stage, caVariables));
    story.done(
        "the CA of trust domain %s runs, PostgreSQL included"
            .formatted(CertificateAuthority.TRUST_DOMAIN),
        Story.since(start));
    story.detail("root fingerprint " + ca.rootFingerprint());
    return ca;
  }

  private CommandLine enrolFirstAdmin(CertificateAuthority ca) throws Exception {
    long start = System.nanoTime();
    CommandLine admin = new CommandLine(stage, ca, "ada");
    story.await(
        "enrolling the first admin",
        () -> {
          JsonObject code =
              admin
                  .ask(
                      "operator",
                      "enrol-first-admin",
                      "ada",
                      "--operator-socket=" + ca.operatorSocket())
                  .getAsJsonObject();
          return logIn(admin, code.get("code").getAsString());
        });
    story.done("ada logged in as the first admin, with keys made on her side", Story.since(start));
    return admin;
  }

  private static Outcome logIn(CommandLine human, String code) throws InterruptedException {
    Outcome outcome = human.tryTo(code + "\n", "login", "--code", "-");
    if (outcome.exitCode() != 0) {
      throw new IllegalStateException("login failed: " + outcome.log());
    }
    return outcome;
  }

  private Agent attestMachine(CertificateAuthority ca, CommandLine admin) throws Exception {
    story.scene("A machine joins");
    String token =
        admin
            .ask(
                "token",
                "create",
                "--machine=" + Cast.MACHINE,
                "--boundary=demo-room",
                "--label=env=demo")
            .getAsJsonObject()
            .get("token")
            .getAsString();
    long start = System.nanoTime();
    Agent agent = story.await("starting the agent", () -> Agent.start(stage, "agent", ca, token));
    Duration time = Story.since(start);
    story.done("its agent attested it with a one-time token", time);
    story.detail(Cast.id("/machine/" + Cast.MACHINE) + ", boundary demo-room, env=demo");
    return agent;
  }

  private Cast issueIdentities(CertificateAuthority ca, CommandLine admin, Agent agent)
      throws Exception {
    story.scene("Processes get identities, and why");
    admin.ask("rule", "apply", "--file=" + Rules.write(stage), "--reason=demo");
    Workload payments = Cast.startPayments(stage, agent, 0);
    Workload shop = Cast.startClient(stage, Cast.SHOP, agent);
    tell(Cast.PAYMENTS, payments.await("identity"));
    String address = Cast.address(payments);
    tell(Cast.SHOP, shop.await("identity"));
    story.detail("Isolation: " + stage.isolation().explanation() + ".");
    return new Cast(stage, ca, admin, agent, payments, address, shop);
  }

  private void tell(String name, JsonObject identity) {
    story.done(
        "%s is %s".formatted(name, identity.get("spiffeId").getAsString()),
        Duration.ofMillis(identity.get("millis").getAsLong()));
    story.detail("because " + Rules.condition(stage.isolation(), name));
  }
}
