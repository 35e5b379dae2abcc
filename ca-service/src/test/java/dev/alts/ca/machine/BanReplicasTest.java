package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.MachineGrpc.MachineBlockingStub;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import io.grpc.Status;
import java.security.SecureRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two CA processes on one database. What is banned at one is banned at the other with the very next
 * request, over a connection that was open before: a replica decides by the database, never by what
 * it was told.
 */
@Tag("chaos")
@Tag("abuse-53")
class BanReplicasTest {
  /** Often, since an answer from memory would be right now and then. */
  private static final int ROUNDS = 25;

  private static final RuleDraft OF_THE_MACHINE =
      RuleDraft.of(
          "of-the-machine",
          "machine.labels.env == 'prod' && workload.unix.uid == 1000",
          "/demo/{machine.name}",
          "1h");

  private static MachineCa one;
  private static CaProcess two;

  @BeforeAll
  static void start() throws Exception {
    one = MachineCa.start();
    one.apply(OF_THE_MACHINE);
    two = CaProcess.start(one);
  }

  @AfterAll
  static void stop() {
    if (two != null) {
      two.close();
    }
    one.close();
  }

  @Test
  void machineBannedAtOneIsRefusedByTheOtherWithTheNextRequest() {
    for (int i = 0; i < ROUNDS; i++) {
      String machine = "machine-" + i;
      RawAgent agent = one.attested(machine);
      MachineBlockingStub other = atTheOther(agent);
      assertThat(ask(other).hasGrant()).as("%s before", machine).isTrue();

      ban(new RevocationTarget.Machine(new MachineName(machine)));

      // All its certificates are void, and a new token does not help.
      assertRefused(() -> ask(other), Status.Code.UNAUTHENTICATED);
      assertRefused(() -> renew(other), Status.Code.UNAUTHENTICATED);
      Bytes token = one.token(machine);
      assertRefused(() -> agent.copy(two::port).attest(token), Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void identityBannedAtOneIsRefusedByTheOtherWithTheNextRequest() {
    for (int i = 0; i < ROUNDS; i++) {
      String machine = "host-" + i;
      RawAgent agent = one.attested(machine);
      MachineBlockingStub other = atTheOther(agent);
      assertThat(ask(other).hasGrant()).as("%s before", machine).isTrue();

      ban(
          new RevocationTarget.Subject(
              SpiffeId.parse("spiffe://test.alts/demo/%s".formatted(machine))));

      assertThat(ask(other).getRefusal().getReason())
          .as("%s after", machine)
          .isEqualTo(Refusal.Reason.BANNED);
    }
  }

  private static void assertRefused(ThrowingCallable request, Status.Code code) {
    MachineApiTest.assertStatus(catchThrowable(request), code);
  }

  private static MachineBlockingStub atTheOther(RawAgent agent) {
    return MachineGrpc.newBlockingStub(agent.copy(two::port).channel());
  }

  private static IssueOutcome ask(MachineBlockingStub ca) {
    IssueItem item = RawAgent.itemOf(1000).build();
    return ca.issue(IssueRequest.newBuilder().addItems(item).build()).getOutcomes(0);
  }

  private static void renew(MachineBlockingStub ca) {
    var _ =
        ca.renew(
            RenewRequest.newBuilder()
                .setKeys(RawAgent.keys(EcdsaP256.best().generateKeyPair(new SecureRandom())))
                .setIdempotencyKey(RawAgent.idempotencyKey())
                .build());
  }

  private static void ban(RevocationTarget target) {
    var _ =
        one.bean(RevocationService.class)
            .revoke(new RevocationRequest(target, true, ReasonCode.UNSPECIFIED, "test", "test"));
  }
}
