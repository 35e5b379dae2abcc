package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.agent.credentials.CredentialCache.Answer;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.GrantChange;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CredentialCacheTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final long REVOCATION_ID = 77;

  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", NOW);
  private final ManualClock clock = new ManualClock(NOW);
  private final SecureRandom random = new SecureRandom();
  private final AtomicReference<IssueItem> asked = new AtomicReference<>();
  private final CompletableFuture<IssueOutcome> outcome = new CompletableFuture<>();
  private final CredentialCache cache =
      new CredentialCache(
          item -> {
            asked.set(item);
            return outcome;
          },
          new HandshakeCredentialMaker(Duration.ofHours(1), random),
          clock,
          random,
          10);

  @Test
  void withdrawalThatOvertakesItsCertificateEndsIt() throws Exception {
    CompletableFuture<Answer> answer = cache.ask(question(), 1);
    cache.apply(List.of(withdrawal(REVOCATION_ID)), Duration.ZERO);

    outcome.complete(grant());
    cache.tick();

    assertThat(credential(answer).state()).isEqualTo(new LiveCredential.Ended("banned"));
  }

  @Test
  void withdrawalOfAnotherCertificateDoesNot() throws Exception {
    CompletableFuture<Answer> answer = cache.ask(question(), 1);
    cache.apply(List.of(withdrawal(REVOCATION_ID + 1)), Duration.ZERO);

    outcome.complete(grant());
    cache.tick();

    assertThat(credential(answer).state()).isInstanceOf(LiveCredential.Serving.class);
  }

  private static LiveCredential credential(CompletableFuture<Answer> answer) throws Exception {
    return ((Answer.Serve) answer.get()).credential();
  }

  private static Question question() {
    return new Question(List.of(), "", Question.Use.MASTER);
  }

  private static GrantChange withdrawal(long revocationId) {
    return GrantChange.newBuilder()
        .setAction(GrantChange.Action.WITHDRAW)
        .setRevocationId(revocationId)
        .setReason("banned")
        .build();
  }

  private IssueOutcome grant() {
    KeyPair publicHalf =
        new KeyPair(
            EcdsaP256.best()
                .decodePublicKey(Bytes.copyOf(asked.get().getPublicKey().asReadOnlyByteBuffer())),
            null);
    TestSvid svid =
        domain.svid(
            "/demo/web",
            domain.attributes("/demo/web").withIssuedAt(NOW).withRevocationId(REVOCATION_ID),
            request ->
                request
                    .keyPair(publicHalf)
                    .validity(NOW.minusSeconds(60), NOW.plus(Duration.ofHours(1))));
    IssuedCertificate.Builder issued =
        IssuedCertificate.newBuilder()
            .setRenewAt(NOW.plus(Duration.ofMinutes(30)).getEpochSecond());
    svid.chain().forEach(der -> issued.addChain(ByteString.copyFrom(der)));
    return IssueOutcome.newBuilder().setGrant(Grant.newBuilder().setCertificate(issued)).build();
  }
}
