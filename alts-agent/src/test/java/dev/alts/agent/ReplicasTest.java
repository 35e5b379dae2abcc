package dev.alts.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.Poll;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import dev.alts.testing.TestTrustDomain;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One agent and two replicas of the CA, of which one is at its worst. */
@Timeout(120)
class ReplicasTest {
  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", Instant.now());

  @Test
  void anAgentJoinsWhereverAReplicaAnswers() throws Exception {
    try (FakeCa gone = replica();
        FakeCa there = replica()) {
      String both = gone.address() + "," + there.address();
      gone.close();
      try (RunningAgent agent =
          RunningAgent.start(RunningAgent.config(directory, both, there.mintToken()))) {
        assertThat(snapshot(agent).getRulesList()).containsExactly("everyone");
      }
    }
  }

  @Test
  void anAgentMovesOnWhenItsReplicaEnds() throws Exception {
    try (FakeCa one = replica();
        FakeCa two = replica();
        RunningAgent agent =
            RunningAgent.start(
                RunningAgent.config(
                    directory, one.address() + "," + two.address(), one.mintToken()))) {
      Poll.until(
          "a stream is open", () -> one.watchRequests.size() + two.watchRequests.size() == 1);
      FakeCa first = one.watchRequests.isEmpty() ? two : one;
      FakeCa second = first == one ? two : one;

      first.close();

      assertThat(snapshot(agent).getRulesList()).containsExactly("everyone");
      Poll.until("the stream goes on at the other", () -> !second.watchRequests.isEmpty());
    }
  }

  @Test
  void aReplicaThatHasNotCaughtUpIsAskedAgainWithoutAFailureOfTheWorkload() throws Exception {
    try (FakeCa ca = replica();
        RunningAgent agent =
            RunningAgent.start(RunningAgent.config(directory, ca.address(), ca.mintToken()))) {
      ca.failIssue = Status.UNAVAILABLE;
      Iterator<CredentialSnapshot> stream = watch(agent);
      Poll.until("the CA was asked", () -> ca.refusedIssues.get() >= 1);
      ca.failIssue = null;

      assertThat(stream.next().getRulesList()).containsExactly("everyone");
    }
  }

  private FakeCa replica() throws Exception {
    FakeCa ca = FakeCa.of(domain);
    ca.rules = List.of(new FakeCa.Rule("everyone", facts -> true, "/demo/web", ""));
    return ca;
  }

  private static CredentialSnapshot snapshot(RunningAgent agent) {
    return watch(agent).next();
  }

  private static Iterator<CredentialSnapshot> watch(RunningAgent agent) {
    return CredentialsGrpc.newBlockingStub(agent.connect())
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .watchCredentials(WatchCredentialsRequest.getDefaultInstance());
  }
}
