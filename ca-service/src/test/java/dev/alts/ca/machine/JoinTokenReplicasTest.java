package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One token in many hands, over real connections to two replicas on one database. */
@Tag("chaos")
@Tag("abuse-1")
class JoinTokenReplicasTest {
  private static final int CALLERS = 64;
  private static final int ROUNDS = 1_000;

  @Test
  void oneOfManyMachinesAtTwoReplicasAttestsWithAToken() {
    try (MachineCa one = MachineCa.start();
        MachineCa two = one.replica()) {
      List<ManagedChannel> channels = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        channels.add((i % 2 == 0 ? one : two).agent().stranger());
      }

      for (int round = 0; round < ROUNDS; round++) {
        assertThat(winners(channels, one.token("m-" + round)))
            .as("machines that attested in round %d", round)
            .isEqualTo(1);
      }

      assertThat(machines(one)).isEqualTo(ROUNDS);
    }
  }

  private static long winners(List<ManagedChannel> channels, Bytes secret) {
    AttestRequest request =
        RawAgent.attestation(
            secret, RawAgent.keys(EcdsaP256.best().generateKeyPair(new SecureRandom())));
    List<CompletableFuture<MachineCredentials>> answers =
        channels.stream().map(channel -> RawAgent.attest(channel, request)).toList();
    return answers.stream().filter(JoinTokenReplicasTest::isAttested).count();
  }

  private static boolean isAttested(CompletableFuture<MachineCredentials> answer) {
    try {
      return answer.orTimeout(30, TimeUnit.SECONDS).join().hasMaster();
    } catch (CompletionException e) {
      assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      return false;
    }
  }

  private static int machines(MachineCa ca) {
    return ca.count("select count(*) from machine");
  }
}
