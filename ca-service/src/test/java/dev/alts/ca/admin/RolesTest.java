package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.HumanLifecycle;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.identity.SpiffeId;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** Roles and their limits, decided on what is stored. */
class RolesTest {
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient alice;

  @BeforeAll
  static void aSecurityAdminAndFourMachines() {
    CA.forgetHumans();
    alice = login("alice", EnrolmentPurpose.ADMIN);
    machine("roles-prod-1", "prod");
    machine("roles-prod-2", "prod");
    machine("roles-dev-1", "dev");
  }

  @AfterAll
  static void leave() {
    alice.close();
    CA.jdbc().update("DELETE FROM machine WHERE name LIKE 'roles-%'");
  }

  @Test
  void whoHasARoleMayWhatItSaysAndIsToldWhichOneIsMissing() {
    try (HumanClient viewer = withRole("vera", "\"role\":\"viewer\"")) {
      assertThat(viewer.get("/v1/machines").statusCode()).isEqualTo(200);
      assertThat(viewer.get("/v1/rules").statusCode()).isEqualTo(200);

      HttpResponse<String> refused = viewer.get("/v1/audit/events");

      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(HumanClient.json(refused).get("detail").asString())
          .isEqualTo(
              "This takes the permission audit.read: the role security-admin or auditor without"
                  + " limits. You have viewer.");
      assertThat(HumanClient.json(viewer.get("/v1/self")).get("permissions").toString())
          .contains("fleet.read")
          .doesNotContain("audit.read");
    }
  }

  @Test
  void listsShowWhatIsWithinTheLimitsInFullPages() {
    try (HumanClient viewer =
        withRole("victor", "\"role\":\"viewer\",\"machineLabels\":{\"env\":\"prod\"}")) {
      JsonNode first = HumanClient.json(viewer.get("/v1/machines?limit=1"));
      JsonNode second =
          HumanClient.json(
              viewer.get("/v1/machines?limit=1&after=" + first.get("next").asString()));

      assertThat(names(first)).containsExactly("roles-prod-1");
      assertThat(names(second)).containsExactly("roles-prod-2");
      assertThat(second.get("next").isNull()).isTrue();
      assertThat(viewer.get("/v1/machines/roles-dev-1/blast-radius").statusCode()).isEqualTo(404);
      assertThat(viewer.get("/v1/machines/roles-prod-1/blast-radius").statusCode()).isEqualTo(200);
      assertThat(viewer.get("/v1/machines/roles-dev-1/grants").statusCode()).isEqualTo(404);
      assertThat(viewer.get("/v1/machines/roles-prod-1/grants").statusCode()).isEqualTo(200);
    }
  }

  @Test
  @Tag("abuse-39")
  void theLedgerIsCutAtWholeSegmentsOfThePathAsItIsStored() {
    IssuedCertificate inside = issue("/roles/web", "roles-dev-1");
    IssuedCertificate beside = issue("/roles-other/web", "roles-dev-1");
    try (HumanClient viewer = withRole("vic", "\"role\":\"viewer\",\"pathPrefix\":\"/roles\"")) {
      JsonNode inventory = HumanClient.json(viewer.get("/v1/inventory"));
      JsonNode svids = HumanClient.json(viewer.get("/v1/svids"));

      assertThat(inventory.get("items")).hasSize(1);
      assertThat(svids.get("items"))
          .hasSize(1)
          .first()
          .satisfies(item ->
              assertThat(item.get("spiffeId").asString())
                  .isEqualTo("spiffe://test.alts/roles/web"));
      assertThat(viewer.get("/v1/svids/" + serial(inside)).statusCode()).isEqualTo(200);
      assertThat(viewer.get("/v1/svids/" + serial(beside)).statusCode()).isEqualTo(404);
      assertThat(viewer.get("/v1/explain/svids/" + serial(beside)).statusCode()).isEqualTo(404);
      assertThat(viewer.get("/v1/svids?identity=spiffe://test.alts/roles-other/*").body())
          .contains("\"items\":[]");
    }
  }

  @Test
  @Tag("abuse-39")
  void aCertificateOfSomebodyElseIsNotRevokedByItsIdAlone() {
    IssuedCertificate own = issue("/roles/api", "roles-prod-1");
    IssuedCertificate foreign = issue("/roles/api", "roles-dev-1");
    try (HumanClient operator =
        withRole(
            "oscar",
            "\"role\":\"operator\",\"pathPrefix\":\"/roles\",\"machineLabels\":{\"env\":\"prod\"}")) {
      assertThat(revoke(operator, "\"revocationId\":\"%s\"".formatted(id(foreign)))).isEqualTo(404);
      assertThat(revoke(operator, "\"revocationId\":\"00000000000000aa\"")).isEqualTo(404);
      assertThat(revoke(operator, "\"machine\":\"roles-dev-1\"")).isEqualTo(404);
      assertThat(revoke(operator, "\"spiffeId\":\"spiffe://test.alts/roles/api\"")).isEqualTo(403);
      assertThat(revoke(operator, "\"authority\":\"%s\"".formatted("ab".repeat(32))))
          .isEqualTo(403);
      assertThat(revoke(operator, "\"revocationId\":\"%s\"".formatted(id(own)))).isEqualTo(201);
    }
    try (HumanClient operator =
        withRole("olga", "\"role\":\"operator\",\"pathPrefix\":\"/roles\"")) {
      assertThat(revoke(operator, "\"spiffeId\":\"spiffe://test.alts/roles-other/x\""))
          .isEqualTo(403);
      assertThat(revoke(operator, "\"spiffeId\":\"spiffe://other.alts/roles/x\"")).isEqualTo(403);
      assertThat(revoke(operator, "\"spiffeId\":\"spiffe://test.alts/roles/x\"")).isEqualTo(201);
    }
  }

  @Test
  @Tag("abuse-42")
  void aJoinTokenTakesNoMachineAwayThatIsOutOfReach() {
    try (HumanClient operator =
        withRole("otto", "\"role\":\"operator\",\"machineLabels\":{\"env\":\"prod\"}")) {
      assertThat(join(operator, "{\"labels\":{\"env\":\"prod\"}}")).isEqualTo(201);
      assertThat(join(operator, "{\"labels\":{\"env\":\"dev\"}}")).isEqualTo(403);
      assertThat(join(operator, "{}")).isEqualTo(403);
      // What the request says of it is prod; what is stored is dev.
      assertThat(join(operator, "{\"labels\":{\"env\":\"prod\"},\"machine\":\"roles-dev-1\"}"))
          .isEqualTo(403);
      assertThat(join(operator, "{\"labels\":{\"env\":\"prod\"},\"boundary\":\"dc1\"}"))
          .isEqualTo(403);
      assertThat(operator.post("/v1/machines/roles-dev-1/rotate", "{}").statusCode())
          .isEqualTo(404);
      assertThat(operator.post("/v1/machines/roles-prod-1/rotate", "{}").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  @Tag("abuse-42")
  void nobodyExtendsTheirOwnRightsByAnyWay() {
    try (HumanClient limited =
        withRole("sam", "\"role\":\"security-admin\",\"pathPrefix\":\"/human\"")) {
      assertThat(grant(limited, "sam", "\"role\":\"auditor\"")).isEqualTo(403);
      member("tom");
      assertThat(grant(limited, "tom", "\"role\":\"viewer\"")).isEqualTo(403);
      assertThat(grant(limited, "tom", "\"role\":\"viewer\",\"pathPrefix\":\"/prod\""))
          .isEqualTo(403);
      assertThat(grant(limited, "tom", "\"role\":\"viewer\",\"pathPrefix\":\"/human/tom\""))
          .isEqualTo(201);
      // Becoming somebody who may more, by a code for them.
      assertThat(limited.post("/v1/humans/alice/enrolments", "{\"admin\":false}").statusCode())
          .isEqualTo(403);
      assertThat(limited.post("/v1/humans/tom/enrolments", "{\"admin\":true}").statusCode())
          .isEqualTo(403);
      assertThat(limited.post("/v1/humans/tom/enrolments", "{\"admin\":false}").statusCode())
          .isEqualTo(201);
      assertThat(limited.post("/v1/humans/alice/disable", "{\"reason\":\"r\"}").statusCode())
          .isEqualTo(403);
      assertThat(take(limited, "alice", "\"role\":\"security-admin\"")).isEqualTo(403);
      assertThat(limited.put("/v1/rules", "{\"reason\":\"r\",\"rules\":[]}").statusCode())
          .isEqualTo(403);
      // The code that sam made for tom a moment ago is not worth what tom gets now.
      String code =
          HumanClient.json(limited.post("/v1/humans/tom/enrolments", "{\"admin\":false}"))
              .get("code")
              .asString();
      assertThat(grant(alice, "tom", "\"role\":\"auditor\"")).isEqualTo(201);
      assertThat(HumanLogin.status(CA, code)).isEqualTo(403);
    }
  }

  @Test
  void theLastSecurityAdminStaysEvenIfTwoTakeTheRoleFromEachOtherAtOnce() throws Exception {
    try (HumanClient bob = login("bob", EnrolmentPurpose.ADMIN)) {
      for (String other : List.of("carol", "dora")) {
        member(other);
      }
      CountDownLatch together = new CountDownLatch(1);
      List<Integer> outcomes = new ArrayList<>();
      try (ExecutorService two = Executors.newFixedThreadPool(2)) {
        Future<Integer> first =
            two.submit(() -> {
              together.await();
              return take(alice, "bob", "\"role\":\"security-admin\"");
            });
        Future<Integer> second =
            two.submit(() -> {
              together.await();
              return take(bob, "alice", "\"role\":\"security-admin\"");
            });
        together.countDown();
        outcomes.add(first.get());
        outcomes.add(second.get());
      } catch (ExecutionException e) {
        throw new AssertionError(e);
      }

      assertThat(outcomes).containsOnlyOnce(200);
      Integer left =
          CA.jdbc()
              .queryForObject(
                  "SELECT count(*) FROM role_assignment WHERE role = 'SECURITY_ADMIN'"
                      + " AND path_prefix = '' AND machine_labels = '{}'"
                      + " AND human IN ('alice', 'bob')",
                  Integer.class);
      assertThat(left).isEqualTo(1);
    }
    // For the tests that follow.
    CA.jdbc()
        .update(
            "UPDATE human SET admin = false WHERE name = 'alice' AND NOT EXISTS"
                + " (SELECT FROM role_assignment WHERE human = 'alice' AND role = 'SECURITY_ADMIN')");
    CA.jdbc().update("UPDATE human SET admin = true WHERE name = 'alice' AND NOT admin");
    CA.jdbc().update("UPDATE human SET admin = false WHERE name = 'bob'");
  }

  @Test
  void theLastSecurityAdminIsNotDisabledByOneWhoIsNotLoggedInByCode() {
    // Oda may everything and never redeemed a code, as one who logs in by a provider only.
    CA.jdbc().update("INSERT INTO human (name) VALUES ('oda') ON CONFLICT DO NOTHING");
    assertThat(grant(alice, "oda", "\"role\":\"security-admin\"")).isEqualTo(201);

    boolean disabled =
        CA.bean(HumanLifecycle.class).disable(new HumanName("alice"), "a test", "/human/oda");

    assertThat(disabled).isFalse();
    assertThat(alice.get("/v1/self").statusCode()).isEqualTo(200);
    assertThat(take(alice, "oda", "\"role\":\"security-admin\"")).isEqualTo(200);
  }

  @Test
  @Tag("abuse-42")
  void whoMayMoreIsNeitherArmedAgainNorShutOutByOneWhoMayLess() {
    withRole("mona", "\"role\":\"auditor\"").close();
    assertThat(alice.post("/v1/humans/mona/disable", "{\"reason\":\"left\"}").statusCode())
        .isEqualTo(200);
    try (HumanClient limited =
        withRole("lara", "\"role\":\"security-admin\",\"pathPrefix\":\"/human\"")) {
      assertThat(limited.post("/v1/humans/mona/enable", "{\"reason\":\"r\"}").statusCode())
          .isEqualTo(403);
      assertThat(revoke(limited, "\"spiffeId\":\"spiffe://test.alts/human/alice\"")).isEqualTo(403);
    }
    try (HumanClient operator = withRole("omar", "\"role\":\"operator\"")) {
      String login =
          CA.jdbc()
              .queryForObject(
                  "SELECT revocation_id FROM certificate WHERE spiffe_id ="
                      + " 'spiffe://test.alts/human/alice' ORDER BY issued_at DESC LIMIT 1",
                  (row, number) -> "%016x".formatted(row.getLong(1)));
      assertThat(revoke(operator, "\"revocationId\":\"%s\"".formatted(login))).isEqualTo(403);
      assertThat(revoke(operator, "\"spiffeId\":\"spiffe://test.alts/human/alice\",\"ban\":true"))
          .isEqualTo(403);
      assertThat(
              operator
                  .post(
                      "/v1/unbans",
                      "{\"reason\":\"r\",\"spiffeId\":\"spiffe://test.alts/human/alice\"}")
                  .statusCode())
          .isEqualTo(403);
      member("mia");
      assertThat(revoke(operator, "\"spiffeId\":\"spiffe://test.alts/human/mia\"")).isEqualTo(201);
    }
    assertThat(alice.get("/v1/self").statusCode()).isEqualTo(200);
  }

  @Test
  @Tag("abuse-42")
  void aCodeThatAHumanMadeIsWorthNothingWhenTheyAreDisabled() {
    try (HumanClient mallory = login("mallory", EnrolmentPurpose.ADMIN)) {
      String code =
          HumanClient.json(mallory.post("/v1/humans/puppet/enrolments", "{\"admin\":true}"))
              .get("code")
              .asString();

      assertThat(alice.post("/v1/humans/mallory/disable", "{\"reason\":\"r\"}").statusCode())
          .isEqualTo(200);

      assertThat(HumanLogin.status(CA, code)).isEqualTo(403);
    }
  }

  @Test
  @Tag("abuse-42")
  void aCodeThatIsMadeWhileItsHumanGetsARoleIsDecidedByThatRole() throws Exception {
    member("tina");
    try (HumanClient limited =
            withRole("lena", "\"role\":\"security-admin\",\"pathPrefix\":\"/human\"");
        ExecutorService one = Executors.newSingleThreadExecutor()) {
      Future<Integer> enrolled =
          CA.bean(TransactionTemplate.class)
              .execute(status -> {
                CA.jdbc().execute("SELECT pg_advisory_xact_lock(hashtext('alts.role_assignment'))");
                Future<Integer> asked =
                    one.submit(() ->
                        limited
                            .post("/v1/humans/tina/enrolments", "{\"admin\":false}")
                            .statusCode());
                awaitDoneOrWaiting(asked);
                CA.jdbc()
                    .update(
                        "INSERT INTO role_assignment (human, role, granted_by, reason)"
                            + " VALUES ('tina', 'AUDITOR', '/human/alice', 'a test')");
                return asked;
              });

      assertThat(enrolled).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(403);
    }
  }

  private static void awaitDoneOrWaiting(Future<?> asked) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!asked.isDone() && !somebodyWaitsForRoles()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static boolean somebodyWaitsForRoles() {
    return Boolean.TRUE.equals(
        CA.jdbc()
            .queryForObject(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    + " AND objid::bigint = (hashtext('alts.role_assignment')::bigint & 4294967295))",
                Boolean.class));
  }

  @Test
  void aReasonAndTheNamesOfBothAreInTheAuditLogAndTheListSaysWho() {
    member("nora");
    assertThat(grant(alice, "nora", "\"role\":\"auditor\"")).isEqualTo(201);

    JsonNode roles = HumanClient.json(alice.get("/v1/roles?human=nora"));

    assertThat(roles.get("items")).hasSize(1);
    assertThat(roles.get("items").get(0).get("grantedBy").asString()).isEqualTo("/human/alice");
    assertThat(alice.get("/v1/audit/events?text=nora").body())
        .contains("human.role.grant", "nora: auditor", "/human/alice");
    assertThat(take(alice, "nora", "\"role\":\"auditor\"")).isEqualTo(200);
    assertThat(take(alice, "nora", "\"role\":\"auditor\"")).isEqualTo(404);
    assertThat(grant(alice, "nobody-here", "\"role\":\"auditor\"")).isEqualTo(404);
    assertThat(grant(alice, "nora", "\"role\":\"Auditor\"")).isEqualTo(400);
    assertThat(grant(alice, "nora", "\"role\":\"viewer\",\"pathPrefix\":\"\"")).isEqualTo(400);
  }

  private static HumanClient login(String name, EnrolmentPurpose purpose) {
    return HumanClient.login(CA, EnrolmentTest.code(CA, name, purpose));
  }

  private static void member(String name) {
    login(name, EnrolmentPurpose.MEMBER).close();
  }

  private static HumanClient withRole(String name, String role) {
    HumanClient client = login(name, EnrolmentPurpose.MEMBER);
    assertThat(grant(alice, name, role)).isEqualTo(201);
    return client;
  }

  private static int grant(HumanClient admin, String name, String role) {
    return admin
        .post("/v1/humans/%s/roles".formatted(name), "{\"reason\":\"a test\",%s}".formatted(role))
        .statusCode();
  }

  private static int take(HumanClient admin, String name, String role) {
    return admin
        .post(
            "/v1/humans/%s/roles/revoke".formatted(name),
            "{\"reason\":\"a test\",%s}".formatted(role))
        .statusCode();
  }

  private static int revoke(HumanClient admin, String target) {
    return admin
        .post("/v1/revocations", "{\"reason\":\"a test\",%s}".formatted(target))
        .statusCode();
  }

  private static int join(HumanClient admin, String body) {
    return admin.post("/v1/join-tokens", body).statusCode();
  }

  private static void machine(String name, String environment) {
    CA.jdbc()
        .update(
            "INSERT INTO machine (name, boundary, attestor, agent_version, lineage, generation,"
                + " confirmed_generation) VALUES (?, '', 'test', '1', 1, 1, 1)",
            name);
    CA.jdbc().update("INSERT INTO machine_label VALUES (?, 'env', ?)", name, environment);
  }

  private static IssuedCertificate issue(String path, String machine) {
    IssuanceOutcome outcome =
        CA.bean(IssuanceService.class)
            .issue(
                new CertificateRequest(
                    IdempotencyKey.random(HumanClient.RANDOM),
                    new IssuanceAuthorization.RuleDecision(
                        SpiffeId.parse("spiffe://test.alts" + path), machine, "", "test", 1),
                    CertificateProfile.WORKLOAD_MASTER,
                    HumanClient.spki(HumanClient.newKey()),
                    null));
    return ((IssuanceOutcome.Issued) outcome).certificate();
  }

  private static String serial(IssuedCertificate certificate) {
    return certificate.serial();
  }

  private static String id(IssuedCertificate certificate) {
    return certificate.attributes().revocationId().toString();
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.get("items").forEach(item -> names.add(item.get("name").asString()));
    return names;
  }
}
