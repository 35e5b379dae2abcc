package dev.alts.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.Poll;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.ListReportsRequest;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import dev.alts.api.machine.v1.Eviction;
import dev.alts.api.machine.v1.GrantChange;
import dev.alts.api.machine.v1.GrantChanges;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.identity.verify.VerifiedPeer;
import dev.alts.testing.TestTrustDomain;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent against a scripted CA over real TLS, asked over its real socket. */
@Timeout(60)
class AgentTest {
  private static final FakeCa.Rule EVERYONE =
      new FakeCa.Rule("everyone", facts -> true, "/demo/web", "");

  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", Instant.now());
  private FakeCa ca;

  @BeforeEach
  void startCa() throws Exception {
    ca = FakeCa.of(domain);
    ca.rules = List.of(EVERYONE);
  }

  @AfterEach
  void stopCa() {
    ca.close();
  }

  @Test
  void processGetsSnapshotThatPeersAccept() throws Exception {
    try (RunningAgent agent = start()) {
      CredentialSnapshot snapshot = watch(agent, "").next();

      VerifiedPeer peer =
          new PeerVerifier()
              .verify(context(snapshot), snapshot.getCredential(), PeerRole.CLIENT, Instant.now());
      assertThat(peer.facts().spiffeId().toString()).isEqualTo("spiffe://demo.alts/demo/web");
      assertThat(snapshot.getX25519PrivateKey().size()).isEqualTo(32);
      assertThat(snapshot.getSequence()).isEqualTo(1);
      assertThat(snapshot.getRulesList()).containsExactly("everyone");
      assertThat(snapshot.getAvailableSpiffeIdsList())
          .containsExactly("spiffe://demo.alts/demo/web");
      assertThat(snapshot.getHandshakeNotAfter() - Instant.now().getEpochSecond())
          .isBetween(3000L, 3600L);
    }
  }

  @Test
  void ownerReadsWhatAProcessReports() throws Exception {
    try (RunningAgent agent = start()) {
      CredentialsGrpc.CredentialsBlockingStub owner =
          CredentialsGrpc.newBlockingStub(agent.connect()).withDeadlineAfter(30, TimeUnit.SECONDS);
      ReportRequest report =
          ReportRequest.newBuilder().putCounters("connections.clear_text", 3).build();

      var unused = owner.report(report);

      assertThat(owner.listReports(ListReportsRequest.getDefaultInstance()))
          .toIterable()
          .singleElement()
          .satisfies(of -> {
            assertThat(of.getPid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(of.getReport()).isEqualTo(report);
          });
    }
  }

  @Test
  void thousandIdenticalConnectionsAreOneQuestion() throws Exception {
    try (RunningAgent agent = start()) {
      List<Iterator<CredentialSnapshot>> streams = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        streams.add(watch(agent, ""));
        if (i % 100 == 99) {
          streams.forEach(stream -> assertThat(stream.hasNext()).isTrue());
          streams.clear();
        }
      }

      assertThat(ca.items).hasSize(1);
    }
  }

  @Test
  void refusalExplainsAndIsAskedOnceUntilRulesChange() throws Exception {
    ca.rules = List.of();
    try (RunningAgent agent = start()) {
      for (int i = 0; i < 5; i++) {
        assertThat(failure(watch(agent, "")))
            .extracting(e -> e.getStatus().getCode(), e -> e.getStatus().getDescription())
            .satisfies(pair -> {
              assertThat(pair.get(0)).isEqualTo(Status.Code.PERMISSION_DENIED);
              assertThat(pair.get(1).toString()).contains("no rule matches").contains("process ");
            });
      }
      assertThat(ca.items).hasSize(1);

      ca.rules = List.of(EVERYONE);
      ca.ruleVersion = 2;
      ca.pushRules();

      Poll.until(
          "the new rules give an identity",
          () -> {
            try {
              return watch(agent, "").next().getSpiffeId().endsWith("/demo/web");
            } catch (StatusRuntimeException e) {
              return false;
            }
          });
    }
  }

  @Test
  void onlyFactsOfTheFootprintAreSent() throws Exception {
    ca.footprint = List.of("workload.unix.uid");
    try (RunningAgent agent = start()) {
      watch(agent, "").next();

      assertThat(ca.items.getFirst().getFactsList())
          .extracting(fact -> fact.getName())
          .containsExactly("workload.unix.uid");
    }
  }

  @Test
  void askAgainRotatesWithoutEndingTheStream() throws Exception {
    try (RunningAgent agent = start()) {
      Iterator<CredentialSnapshot> stream = watch(agent, "");
      CredentialSnapshot first = stream.next();

      ca.push(grants(GrantChange.Action.ASK_AGAIN, first));

      CredentialSnapshot second = stream.next();
      assertThat(second.getSequence()).isEqualTo(2);
      assertThat(second.getRevocationId()).isNotEqualTo(first.getRevocationId());
      assertThat(second.getX25519PrivateKey()).isNotEqualTo(first.getX25519PrivateKey());
    }
  }

  @Test
  void withdrawnGrantEndsTheStreamOnceTheRulesRefuse() throws Exception {
    try (RunningAgent agent = start()) {
      Iterator<CredentialSnapshot> stream = watch(agent, "");
      CredentialSnapshot first = stream.next();

      ca.rules = List.of();
      ca.push(grants(GrantChange.Action.WITHDRAW, first));

      assertThat(failure(stream).getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void newTrustDocumentReachesOpenStreams() throws Exception {
    try (RunningAgent agent = start()) {
      Iterator<CredentialSnapshot> stream = watch(agent, "");
      stream.next();

      var newer = domain.trustDocument(document -> document.setSequence(2));
      ca.push(
          WatchResponse.newBuilder()
              .setTopic(Topic.TRUST_DOCUMENT)
              .setSequence(2)
              .setTrustDocument(newer)
              .build());

      assertThat(stream.next().getDomains(0).getTrustDocument()).isEqualTo(newer);
    }
  }

  @Test
  void trustDocumentThatGoesBackIsRefused() throws Exception {
    try (RunningAgent agent = start()) {
      Iterator<CredentialSnapshot> stream = watch(agent, "");
      stream.next();
      var newer = domain.trustDocument(document -> document.setSequence(5));
      ca.push(WatchResponse.newBuilder().setTrustDocument(newer).build());
      stream.next();

      ca.push(
          WatchResponse.newBuilder()
              .setTrustDocument(domain.trustDocument(document -> document.setSequence(4)))
              .build());
      ca.push(WatchResponse.newBuilder().setRevocationList(domain.revocationList(1)).build());

      CredentialSnapshot after = stream.next();
      assertThat(after.getDomains(0).hasRevocationList()).isTrue();
      assertThat(after.getDomains(0).getTrustDocument()).isEqualTo(newer);
    }
  }

  @Test
  void restartNeedsNoNewToken() throws Exception {
    AgentConfig config = RunningAgent.config(directory, ca.address(), ca.mintToken());
    try (RunningAgent first = RunningAgent.start(config)) {
      watch(first, "").next();
    }
    Files.delete(config.joinTokenFile());

    try (RunningAgent second = RunningAgent.start(config)) {
      assertThat(watch(second, "").next().getSpiffeId()).endsWith("/demo/web");
      assertThat(ca.evidence).hasSize(1);
    }
  }

  @Test
  @Tag("abuse-24")
  void keysOnDiskAreTheAgentsAlone() throws Exception {
    try (RunningAgent agent = start()) {
      Path data = agent.config().dataDirectory();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
          .isEqualTo("rwx------");
      try (var files = Files.list(data)) {
        assertThat(files)
            .isNotEmpty()
            .allSatisfy(file ->
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void machineRenewsItsOwnCertificatesAndGoesOnWatching() throws Exception {
    ca.renewAfter = Duration.ofSeconds(2);
    try (RunningAgent agent = start()) {
      Poll.until("the machine renews twice", () -> ca.renewals.get() >= 2);
      Poll.until("the stream is opened anew", () -> ca.watchRequests.size() >= 3);

      assertThat(watch(agent, "").next().getSpiffeId()).endsWith("/demo/web");
      assertThat(ca.watchRequests.getLast().getPositionsList())
          .anySatisfy(position -> assertThat(position.getTopic()).isEqualTo(Topic.RULES));
    }
  }

  @Test
  void busyCaIsAskedAgainWhenItSaysAndTheProcessNoticesNothing() throws Exception {
    ca.busyFor.set(2);
    try (RunningAgent agent = start()) {
      assertThat(watch(agent, "").next().getSpiffeId()).endsWith("/demo/web");

      assertThat(ca.refusedIssues).hasValue(2);
      assertThat(ca.items).hasSize(1);
    }
  }

  @Test
  void streamThatHasItsAgeIsResumedAndSaysHowLongTheAgentCanDoWithout() throws Exception {
    try (RunningAgent agent = start()) {
      watch(agent, "").next();
      int before = ca.watchRequests.size();

      ca.endWatches();

      Poll.until("the stream is resumed", () -> ca.watchRequests.size() > before);
      assertThat(ca.watchRequests.getLast().getPositionsList())
          .anySatisfy(position -> assertThat(position.getTopic()).isEqualTo(Topic.RULES));
      assertThat(ca.secondsLeft)
          .isNotEmpty()
          .allSatisfy(left -> assertThat(left).isBetween(0L, 3_600L));
    }
  }

  @Test
  void failedRenewalEndsNothing() throws Exception {
    ca.renewAfter = Duration.ofSeconds(2);
    try (RunningAgent agent = start()) {
      Iterator<CredentialSnapshot> stream = watch(agent, "");
      CredentialSnapshot first = stream.next();
      ca.failIssue = Status.UNAVAILABLE;
      ca.failRenew = Status.UNAVAILABLE;
      ca.breakWatches();
      Poll.after(Duration.ofSeconds(4));

      CredentialSnapshot meanwhile = watch(agent, "").next();
      assertThat(meanwhile.getRevocationId()).isEqualTo(first.getRevocationId());

      ca.failIssue = null;
      ca.failRenew = null;
      assertThat(stream.next().getRevocationId()).isNotEqualTo(first.getRevocationId());
    }
  }

  @Test
  void hostServiceMayUseTheMachinesIdentityIfARuleSaysSo() throws Exception {
    try (RunningAgent agent = start()) {
      assertThat(failure(watch(agent, "spiffe://demo.alts/machine/m-1")).getStatus().getCode())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    }
    ca.mayUseMachineIdentity = facts -> true;
    try (RunningAgent agent = restart()) {
      CredentialSnapshot snapshot = watch(agent, "spiffe://demo.alts/machine/m-1").next();

      assertThat(snapshot.getSpiffeId()).isEqualTo("spiffe://demo.alts/machine/m-1");
      VerifiedPeer peer =
          new PeerVerifier()
              .verify(context(snapshot), snapshot.getCredential(), PeerRole.SERVER, Instant.now());
      assertThat(peer.facts().spiffeId().path()).isEqualTo("/machine/m-1");
    }
  }

  @Test
  void evictionEndsEverything() throws Exception {
    try (RunningAgent agent = start()) {
      Iterator<CredentialSnapshot> stream = watch(agent, "");
      stream.next();

      ca.push(
          WatchResponse.newBuilder()
              .setEviction(Eviction.newBuilder().setReason("stolen"))
              .build());

      assertThat(failure(stream).getStatus().getDescription()).contains("stolen");
    }
  }

  @Test
  @Tag("abuse-55")
  void clockOfTheCaCountsNotTheMachines() throws Exception {
    // The CA's clock is 3 hours ahead: everything it issues is not yet valid by this machine's.
    ca.clockAhead = Duration.ofHours(3);
    try (RunningAgent agent = start()) {
      CredentialSnapshot snapshot = watch(agent, "").next();

      assertThat(snapshot.getClockOffsetSeconds()).isBetween(10_790L, 10_810L);
      assertThat(snapshot.getHandshakeNotAfter() - Instant.now().getEpochSecond())
          .isBetween(13_000L, 14_400L);
    }
  }

  @Test
  @Tag("abuse-24")
  void secondAgentOnTheSameSocketRefusesToStartAndKeepsItsToken() throws Exception {
    try (RunningAgent agent = start()) {
      assertThatThrownBy(() -> RunningAgent.startWithoutWaiting(agent.config()))
          .hasMessageContaining("another agent serves it");
      assertThat(ca.evidence).hasSize(1);
      assertThat(watch(agent, "").next().getSpiffeId()).endsWith("/demo/web");
    }
  }

  private RunningAgent start() throws Exception {
    return RunningAgent.start(RunningAgent.config(directory, ca.address(), ca.mintToken()));
  }

  private RunningAgent restart() throws Exception {
    return start();
  }

  private static Iterator<CredentialSnapshot> watch(RunningAgent agent, String wanted) {
    return CredentialsGrpc.newBlockingStub(agent.connect())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .watchCredentials(WatchCredentialsRequest.newBuilder().setSpiffeId(wanted).build());
  }

  private static StatusRuntimeException failure(Iterator<CredentialSnapshot> stream) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> {
          while (true) {
            stream.next();
          }
        });
  }

  private static WatchResponse grants(GrantChange.Action action, CredentialSnapshot of) {
    return WatchResponse.newBuilder()
        .setTopic(Topic.GRANTS)
        .setSequence(1)
        .setGrants(
            GrantChanges.newBuilder()
                .addChanges(
                    GrantChange.newBuilder()
                        .setAction(action)
                        .setSpiffeId(of.getSpiffeId())
                        .setRevocationId(of.getRevocationId())
                        .setReason("the test says so")))
        .build();
  }

  private static VerificationContext context(CredentialSnapshot snapshot) throws Exception {
    var own = snapshot.getDomains(0);
    RootFingerprint pinned =
        new RootFingerprint(Bytes.copyOf(own.getRootSpkiSha256().asReadOnlyByteBuffer()));
    return VerificationContext.ofOwn(
        new TrustedDomain(TrustDocument.open(own.getTrustDocument(), pinned), null));
  }
}
