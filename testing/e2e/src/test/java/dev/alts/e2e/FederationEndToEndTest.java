package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import dev.alts.testing.TrustsAnyone;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two trust domains, each with its CA, agent and workloads as real processes. */
@TestMethodOrder(OrderAnnotation.class)
class FederationEndToEndTest {
  private static final Story SILENT =
      new Story(new PrintStream(PrintStream.nullOutputStream()), false);
  private static final String OURS = CertificateAuthority.TRUST_DOMAIN;
  private static final String THEIRS = "other.alts";
  private static final String THEIR_PAYMENTS = "spiffe://" + THEIRS + "/demo/payments";

  private static Stage ourStage;
  private static Stage theirStage;
  private static Cast ours;
  private static Cast theirs;

  @BeforeAll
  static void twoStages() throws Exception {
    ourStage = Stage.open(Programs.ofThisBuild());
    theirStage = Stage.open(Programs.ofThisBuild());
    ours = new Opening(ourStage, SILENT, variables(OURS)).play();
    theirs = new Opening(theirStage, SILENT, variables(THEIRS)).play();
  }

  @AfterAll
  static void stopEverything() {
    ourStage.close();
    theirStage.close();
  }

  private static Map<String, String> variables(String trustDomain) {
    Map<String, String> variables = new HashMap<>();
    variables.put(CertificateAuthority.TRUST_DOMAIN_VARIABLE, trustDomain);
    variables.put("ALTS_CA_FETCH_PRIVATE_NETWORKS", "127.0.0.0/8");
    variables.put("ALTS_CA_FEDERATION_SPIFFE_PORT", "0");
    variables.put("ALTS_CA_FEDERATION_DOCUMENTSREFRESHHINT", "1s");
    return variables;
  }

  @Test
  @Order(1)
  void foreignWorkloadIsAStrangerBeforeTheDomainsFederate() throws Exception {
    allowTheirPayments();

    assertThat(callTheirPayments().has("status")).isTrue();
  }

  @Test
  @Order(2)
  void workloadsCallEachOtherAcrossDomainsOnceTheirAdminsFederate() throws Exception {
    federate(ours, theirStage, THEIRS, theirs.ca().rootFingerprint());
    federate(theirs, ourStage, OURS, ours.ca().rootFingerprint());

    JsonObject call =
        awaited(
            "a call across domains",
            FederationEndToEndTest::callTheirPayments,
            answer -> !answer.has("status"));

    assertThat(call.toString()).contains(THEIR_PAYMENTS);
  }

  @Test
  @Order(4)
  void whoIsRevokedInTheOtherDomainIsCutOffInOurs() throws Exception {
    ours.shop().ask("hold " + theirs.paymentsAddress(), "holding");

    theirs.admin().ask("revoke", "--reason=test", "--identity=" + THEIR_PAYMENTS);

    assertThat(ours.shop().await("cut").get("status").getAsString()).isEqualTo("UNAVAILABLE");
    awaited(
        "a call with the certificate that followed",
        FederationEndToEndTest::callTheirPayments,
        answer -> !answer.has("status"));
  }

  @Test
  @Order(5)
  void whatIsRemovedIsAStrangerAgain() throws Exception {
    ours.admin().ask("federation", "remove", THEIRS, "--reason=test");

    JsonObject refused =
        awaited(
            "a refused call",
            FederationEndToEndTest::callTheirPayments,
            answer -> answer.has("status"));

    assertThat(refused.get("status").getAsString()).isEqualTo("UNAVAILABLE");
    assertThat(ours.admin().ask("federation", "list").getAsJsonArray()).isEmpty();
  }

  private static JsonObject callTheirPayments() throws InterruptedException {
    return ours.shop().ask("call " + theirs.paymentsAddress(), "called");
  }

  /** A foreign server is never right by default: the naming policy has to name it. */
  private static void allowTheirPayments() throws Exception {
    String policy =
        "{\"mode\":\"trust-domain\",\"entries\":[{\"target\":\"localhost\",\"identities\":[\"%s\"]}]}"
            .formatted(THEIR_PAYMENTS);
    Path file = Files.writeString(ourStage.path("naming.json"), policy);
    long version =
        ours.admin()
            .ask("naming", "apply", "--file=" + file, "--reason=test")
            .getAsJsonObject()
            .get("version")
            .getAsLong();
    ours.shop().awaitCredentials(now -> now.get("namingVersion").getAsLong() >= version);
  }

  private static void federate(Cast cast, Stage other, String domain, String root)
      throws Exception {
    String address =
        JsonParser.parseString(Files.readString(other.path("ca/endpoints.json")))
            .getAsJsonObject()
            .getAsJsonObject("federation")
            .get("https_spiffe")
            .getAsString();
    String url = "https://%s/bundle".formatted(address);
    Path bundle = Files.writeString(other.path("bundle.json"), read(url));
    cast.admin()
        .ask(
            "federation",
            "add",
            domain,
            "--endpoint=" + url,
            "--endpoint-id=spiffe://%s/ca".formatted(domain),
            "--bundle=" + bundle,
            "--root=" + root,
            "--private-network",
            "--reason=test");
    awaited(
        "the relationship with " + domain,
        () -> cast.admin().ask("federation", "show", domain).getAsJsonObject(),
        shown -> shown.get("standing").getAsString().equals("good"));
  }

  private static <T> T awaited(String what, Callable<T> attempt, Predicate<T> wanted)
      throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (true) {
      T last = attempt.call();
      if (wanted.test(last)) {
        return last;
      }
      assertThat(System.nanoTime() - deadline).as("%s: %s", what, last).isNegative();
      LockSupport.parkNanos(200_000_000);
    }
  }

  /** As an admin would bring it, by whatever way they trust. */
  private static String read(String url) throws Exception {
    HttpsURLConnection connection = (HttpsURLConnection) URI.create(url).toURL().openConnection();
    connection.setSSLSocketFactory(TrustsAnyone.client().getSocketFactory());
    connection.setHostnameVerifier((host, session) -> true);
    try (InputStream body = connection.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
