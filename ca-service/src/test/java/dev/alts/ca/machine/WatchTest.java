package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.GrantChange;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.TopicPosition;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationReceipt;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.watch.WatchHub;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.NamingEntry;
import dev.alts.identity.document.NamingMode;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import dev.alts.wire.handshake.v1.SignedDocument;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class WatchTest {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static MachineCa ca;

  /** A name of its own for each test: events of a machine are no other's. */
  private final String machine = "m" + COUNT.incrementAndGet();

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @BeforeEach
  void rules() {
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
  }

  @Test
  void newStreamGetsEverythingThatIsInForceAndThenHearsThatItHas() throws Exception {
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch = RawWatch.open(agent)) {
      List<WatchResponse> all = watch.untilCaughtUp();

      assertThat(topics(all))
          .containsAll(
              EnumSet.of(
                  Topic.TRUST_DOCUMENT,
                  Topic.REVOCATION_LIST,
                  Topic.NAMING_POLICY,
                  Topic.RECORD_POLICY,
                  Topic.FOREIGN_DOMAIN_POLICY,
                  Topic.REVOCATION_POLICY,
                  Topic.RULES));
      WatchResponse rules = of(all, Topic.RULES);
      assertThat(rules.getRules().getFactFootprintList()).containsExactly("workload.unix.uid");
      NamingPolicy naming =
          NamingPolicy.open(
              of(all, Topic.NAMING_POLICY).getNamingPolicy(),
              ca.bean(TrustDocuments.class).current().parsed());
      assertThat(naming.trustDomain()).isEqualTo(CaCore.DOMAIN);
    }
  }

  @Test
  void changesArePushed() throws Exception {
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch = RawWatch.open(agent)) {
      watch.untilCaughtUp();

      long version =
          ca.apply(
              MachineCa.WEB,
              RuleDraft.of("b", "machine.name == 'x'", "/{workload.unix.user}", "1h"));
      ca.bean(NamingPolicies.class)
          .apply(
              NamingMode.STRICT,
              List.of(
                  new NamingEntry(
                      "web.example", List.of("spiffe://test.alts/demo/web"), "operator")),
              "test",
              "test");

      WatchResponse rules = watch.until(response -> response.getTopic() == Topic.RULES);
      assertThat(rules.getRules().getVersion()).isEqualTo(version);
      assertThat(rules.getRules().getFactFootprintList())
          .containsExactly("workload.unix.uid", "workload.unix.user");
      watch.until(response -> response.getTopic() == Topic.NAMING_POLICY);
    }
  }

  @Test
  void streamResumesBehindWhatItHasSeen() throws Exception {
    try (RawAgent agent = ca.attested(machine)) {
      List<TopicPosition> positions;
      try (RawWatch watch = RawWatch.open(agent)) {
        positions = RawWatch.positions(watch.untilCaughtUp());
      }
      long version = ca.apply(MachineCa.WEB, MachineCa.NEXT);

      try (RawWatch resumed = RawWatch.open(agent, positions)) {
        List<WatchResponse> news = resumed.untilCaughtUp();

        assertThat(topics(news)).containsOnlyOnce(Topic.RULES).doesNotContain(Topic.NAMING_POLICY);
        assertThat(of(news, Topic.RULES).getRules().getVersion()).isEqualTo(version);
      }
    }
  }

  @Test
  void positionOfAnotherIncarnationCountsFromTheBeginning() throws Exception {
    try (RawAgent agent = ca.attested(machine)) {
      TopicPosition foreign =
          TopicPosition.newBuilder()
              .setTopic(Topic.NAMING_POLICY)
              .setSequence(1)
              .setResumeToken(ByteString.copyFromUtf8("another database"))
              .build();

      try (RawWatch watch = RawWatch.open(agent, List.of(foreign))) {
        assertThat(topics(watch.untilCaughtUp())).contains(Topic.NAMING_POLICY);
      }
    }
  }

  @Test
  @Tag("abuse-8")
  void unknownTopicIsRefusedAndLeavesNothingBehind() throws Exception {
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch =
            RawWatch.open(agent, List.of(TopicPosition.newBuilder().setTopicValue(77).build()))) {
      assertThat(watch.failure().getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      await(() -> ca.bean(WatchHub.class).streams() == 0);
    }
  }

  /**
   * Many publishers at once, a stream that is cut and resumed again and again: no gap, no repeat.
   */
  @Test
  void logTopicHasNoGapsUnderConcurrentUpdatesAcrossResumes() throws Exception {
    int rounds = 60;
    try (RawAgent agent = ca.attested(machine);
        MachineCa replica = ca.replica();
        ExecutorService publishers = Executors.newVirtualThreadPerTaskExecutor()) {
      Grant grant = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
      for (int i = 0; i < rounds; i++) {
        MachineCa at = i % 2 == 0 ? ca : replica;
        publishers.submit(
            () -> at.bean(Grants.class).rotateMachine(new MachineName(machine), "again"));
      }

      List<Long> seen = new ArrayList<>();
      TopicPosition position = TopicPosition.newBuilder().setTopic(Topic.GRANTS).build();
      int cut = 0;
      while (seen.size() < rounds) {
        RawAgent at = cut++ % 2 == 0 ? agent : agent.copy(replica);
        try (RawWatch watch = RawWatch.open(at, List.of(position))) {
          WatchResponse event = watch.until(response -> response.getTopic() == Topic.GRANTS);
          assertThat(event.getGrants().getChanges(0).getRevocationId())
              .isEqualTo(grant.getCertificate().getRevocationId());
          seen.add(event.getSequence());
          position =
              position.toBuilder()
                  .setSequence(event.getSequence())
                  .setResumeToken(event.getResumeToken())
                  .build();
        }
      }

      for (int i = 0; i < rounds; i++) {
        assertThat(seen.get(i)).isEqualTo(i + 1L);
      }
    }
  }

  @Test
  void rulesThatNoLongerGiveAnIdentityWithdrawIt() throws Exception {
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch = RawWatch.open(agent)) {
      Grant grant = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
      watch.untilCaughtUp();

      ca.apply(RuleDraft.of("other", "machine.name == 'x'", "/other", "1h"));

      WatchResponse event = watch.until(response -> response.getTopic() == Topic.GRANTS);
      assertThat(event.getGrants().getChanges(0).getAction())
          .isEqualTo(GrantChange.Action.WITHDRAW);
      assertThat(event.getGrants().getChanges(0).getRevocationId())
          .isEqualTo(grant.getCertificate().getRevocationId());
    }
  }

  @Test
  void rulesThatGiveAnotherDefaultOrShorterLifeHaveItAskedForAgain() {
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch = RawWatch.open(agent)) {
      agent.issue(RawAgent.itemOf(1000).build());
      watch.untilCaughtUp();

      ca.apply(
          MachineCa.WEB,
          new RuleDraft(
              "better",
              "machine.name == '" + machine + "' && workload.unix.uid == 1000",
              "/demo/better",
              false,
              "1h",
              "",
              -1,
              false,
              false));

      WatchResponse event = watch.until(response -> response.getTopic() == Topic.GRANTS);
      assertThat(event.getGrants().getChanges(0).getAction())
          .isEqualTo(GrantChange.Action.ASK_AGAIN);
      agent.issue(RawAgent.itemOf(1000).setSpiffeId("spiffe://test.alts/demo/web").build());
      ca.apply(RuleDraft.of("web", MachineCa.WEB.when(), "/demo/web", "20m"));
      assertThat(
              watch
                  .until(response -> response.getTopic() == Topic.GRANTS)
                  .getGrants()
                  .getChanges(0)
                  .getAction())
          .isEqualTo(GrantChange.Action.ASK_AGAIN);
    }
  }

  @Test
  void revokedIdentityGetsNewResumptionKeysAndIsAskedForAgain() throws Exception {
    SpiffeId web = SpiffeId.parse("spiffe://test.alts/demo/web");
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch = RawWatch.open(agent)) {
      Grant before = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
      watch.untilCaughtUp();

      RevocationReceipt receipt =
          ca.bean(RevocationService.class)
              .revoke(
                  new RevocationRequest(
                      new RevocationTarget.Subject(web),
                      false,
                      ReasonCode.UNSPECIFIED,
                      "test",
                      "key leaked"));

      List<WatchResponse> pushed =
          watch.untilEach(
              List.of(
                  response ->
                      response.getTopic() == Topic.REVOCATION_LIST && !revoked(response).isEmpty(),
                  response -> response.getTopic() == Topic.RESUMPTION_KEYS,
                  response -> response.getTopic() == Topic.GRANTS));
      RevocationList list =
          RevocationList.open(
              pushed.getFirst().getRevocationList(),
              ca.bean(TrustDocuments.class).current().parsed());
      assertThat(list.counter()).isEqualTo(receipt.counter());
      assertThat(list.entries())
          .anyMatch(entry -> entry instanceof RevocationEntry.Subject s && s.id().equals(web))
          .anyMatch(
              entry -> entry instanceof RevocationEntry.Resumption r && r.server().equals(web));
      ResumptionKey key = pushed.get(1).getResumptionKeys().getKeys(0);
      assertThat(key.getGeneration()).isEqualTo(1);
      assertThat(key.getKey()).isNotEqualTo(before.getResumptionKeys(0).getKey());
      assertThat(key.getCreatedAt()).isEqualTo(receipt.since().getEpochSecond());
      assertThat(pushed.getLast().getGrants().getChanges(0).getAction())
          .isEqualTo(GrantChange.Action.ASK_AGAIN);
      Grant after = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
      assertThat(after.getCertificate().getIssuedAt())
          .isGreaterThanOrEqualTo(receipt.since().getEpochSecond());
    }
  }

  private List<RevocationEntry> revoked(WatchResponse response) {
    try {
      return RevocationList.open(
              response.getRevocationList(), ca.bean(TrustDocuments.class).current().parsed())
          .entries();
    } catch (dev.alts.identity.document.InvalidDocumentException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void bannedIdentityIsIssuedNoMore() {
    try (RawAgent agent = ca.attested(machine)) {
      assertThat(agent.issue(RawAgent.itemOf(3000).build()).hasGrant()).isTrue();
      ca.bean(RevocationService.class)
          .revoke(
              new RevocationRequest(
                  new RevocationTarget.Subject(SpiffeId.parse("spiffe://test.alts/demo/next")),
                  true,
                  ReasonCode.UNSPECIFIED,
                  "test",
                  "misused"));

      assertThat(agent.issue(RawAgent.itemOf(3000).build()).getRefusal().getExplanation())
          .contains("misused");
    }
  }

  @Test
  void firstNamingPolicyLetsAnyMemberOfTheTrustDomainAnswer() throws Exception {
    byte[] first =
        ca.bean(JdbcClient.class)
            .sql("SELECT document FROM naming_policy WHERE version = 1")
            .query((row, number) -> row.getBytes(1))
            .single();

    NamingPolicy policy =
        NamingPolicy.open(
            SignedDocument.parseFrom(first), ca.bean(TrustDocuments.class).current().parsed());

    assertThat(policy.mode()).isEqualTo(NamingMode.TRUST_DOMAIN);
    assertThat(policy.entries()).isEmpty();
  }

  @Test
  void revokedMachineHasToAttestAgain() throws Exception {
    try (RawAgent agent = ca.attested(machine);
        RawWatch watch = RawWatch.open(agent)) {
      watch.untilCaughtUp();
      ca.bean(RevocationService.class)
          .revoke(
              new RevocationRequest(
                  new RevocationTarget.Machine(new MachineName(machine)),
                  false,
                  ReasonCode.UNSPECIFIED,
                  "test",
                  "stolen"));

      WatchResponse eviction = watch.until(response -> response.getTopic() == Topic.EVICTION);
      assertThat(eviction.getEviction().getMayAttestAgain()).isTrue();
      try (RawAgent again = ca.attested(machine);
          RawWatch fresh = RawWatch.open(again)) {
        assertThat(topics(fresh.untilCaughtUp())).doesNotContain(Topic.EVICTION);
      }
    }
  }

  /** What waits for it is bounded, its connection ends, and nobody is sent what is old by then. */
  @Test
  @Tag("abuse-29")
  void anAgentThatDoesNotReadIsCutAndComesBackToTheNewestState() throws Exception {
    WatchHub hub = ca.bean(WatchHub.class);
    try (RawAgent agent = ca.attested(machine)) {
      RawWatch stalled = RawWatch.openUnread(agent);
      await(() -> hub.streams() == 1);
      int connections = ca.bean(AgentConnections.class).count();
      long newest = 0;
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      while (hub.streams() > 0) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        newest = large();
        Thread.sleep(500);
      }

      await(() -> ca.bean(AgentConnections.class).count() < connections);
      List<WatchResponse> arrived = stalled.readWhatArrived();
      assertThat(arrived.size()).isLessThan(200);
      try (RawWatch back = RawWatch.open(agent, RawWatch.positions(arrived))) {
        List<WatchResponse> missed = back.untilCaughtUp();

        assertThat(missed)
            .extracting(WatchResponse::getTopic)
            .containsOnlyOnce(Topic.NAMING_POLICY);
        NamingPolicy naming =
            NamingPolicy.open(
                of(missed, Topic.NAMING_POLICY).getNamingPolicy(),
                ca.bean(TrustDocuments.class).current().parsed());
        assertThat(naming.version()).isEqualTo(newest);
      }
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  /** {@return the version of a naming policy of some 60 KB that is in force now} */
  private static long large() {
    List<NamingEntry> entries =
        IntStream.range(0, 500)
            .mapToObj(i ->
                new NamingEntry(
                    "target-%d.example".formatted(i),
                    List.of("spiffe://test.alts/demo/" + "x".repeat(80) + i),
                    "operator"))
            .toList();
    return ca.bean(NamingPolicies.class)
        .apply(NamingMode.TRUST_DOMAIN, entries, "test", "test")
        .policy()
        .version();
  }

  @Test
  void restartKeepsMachinesRulesAndPositions() throws Exception {
    try (RawAgent agent = ca.attested(machine)) {
      Grant before = agent.issue(RawAgent.itemOf(1000).build()).getGrant();
      List<TopicPosition> positions;
      try (RawWatch watch = RawWatch.open(agent)) {
        positions = RawWatch.positions(watch.untilCaughtUp());
      }

      ca = ca.restart();

      try (RawAgent same = agent.copy(ca)) {
        Grant after = same.issue(RawAgent.itemOf(1000).build()).getGrant();
        assertThat(after.getRuleVersion()).isEqualTo(before.getRuleVersion());
        assertThat(after.getResumptionKeys(0).getKey())
            .isEqualTo(before.getResumptionKeys(0).getKey());
        try (RawWatch resumed = RawWatch.open(same, positions)) {
          assertThat(topics(resumed.untilCaughtUp()))
              .doesNotContain(Topic.NAMING_POLICY, Topic.RULES);
        }
      }
    }
  }

  private static Set<Topic> topics(List<WatchResponse> responses) {
    EnumSet<Topic> topics = EnumSet.noneOf(Topic.class);
    responses.forEach(response -> topics.add(response.getTopic()));
    return topics;
  }

  private static WatchResponse of(List<WatchResponse> responses, Topic topic) {
    return responses.stream()
        .filter(response -> response.getTopic() == topic)
        .reduce((first, second) -> second)
        .orElseThrow();
  }
}
