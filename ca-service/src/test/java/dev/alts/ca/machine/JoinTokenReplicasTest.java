package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** The 1,000 rounds are JoinTokenRaceTest's; here each costs 64 calls over the network. */
  private static final int ROUNDS = 250;

  private static final String NO_LIMIT = "alts.ca.stranger-refusals-per-minute=1000000000";

  @Test
  void oneOfManyMachinesAtTwoReplicasAttestsWithAToken() {
    try (MachineCa one = MachineCa.start(NO_LIMIT);
        MachineCa two = one.replica(NO_LIMIT)) {
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

  /** Asks over each channel until it is answered: attested, or refused for good. */
  private static long winners(List<ManagedChannel> channels, Bytes secret) {
    AttestRequest request =
        RawAgent.attestation(
            secret, RawAgent.keys(EcdsaP256.best().generateKeyPair(new SecureRandom())));
    Deque<ManagedChannel> unanswered = new ArrayDeque<>(channels);
    long winners = 0;
    while (!unanswered.isEmpty()) {
      Map<ManagedChannel, CompletableFuture<MachineCredentials>> answers = new LinkedHashMap<>();
      unanswered.forEach(channel -> answers.put(channel, RawAgent.attest(channel, request)));
      unanswered.clear();
      for (var answer : answers.entrySet()) {
        switch (code(answer.getValue())) {
          case OK -> winners++;
          case PERMISSION_DENIED -> {}
          // so many are heard at a time
          case RESOURCE_EXHAUSTED -> unanswered.add(answer.getKey());
          default -> answer.getValue().join();
        }
      }
    }
    return winners;
  }

  private static Status.Code code(CompletableFuture<MachineCredentials> answer) {
    try {
      assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join().hasMaster()).isTrue();
      return Status.Code.OK;
    } catch (CompletionException e) {
      return Status.fromThrowable(e).getCode();
    }
  }

  private static int machines(MachineCa ca) {
    return ca.count("select count(*) from machine");
  }
}
