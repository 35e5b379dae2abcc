package dev.alts.agent.fake;

import com.google.protobuf.ByteString;
import dev.alts.agent.credentials.HeldCertificate;
import dev.alts.agent.credentials.Issuance;
import dev.alts.agent.credentials.Renewal;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Answers renewals as a test tells it to, at the test's time. */
public final class ScriptedIssuances implements Renewal {
  private final TestTrustDomain domain;
  private final ManualClock clock;
  private final Duration life;
  private final Duration renewAfter;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Supplier<CompletableFuture<Issuance>> answer = this::granted;

  public ScriptedIssuances(
      TestTrustDomain domain, ManualClock clock, Duration life, Duration renewAfter) {
    this.domain = domain;
    this.clock = clock;
    this.life = life;
    this.renewAfter = renewAfter;
  }

  @Override
  public CompletableFuture<Issuance> ask() {
    asked.incrementAndGet();
    return answer.get();
  }

  public int asked() {
    return asked.get();
  }

  public void succeed() {
    answer = this::granted;
  }

  public void fail() {
    answer = () -> CompletableFuture.failedFuture(new IllegalStateException("the CA is away"));
  }

  /** From now on it issues what is no master. */
  public void issueUnfit() {
    answer = () -> CompletableFuture.completedFuture(grant(false));
  }

  public void stall() {
    answer = CompletableFuture::new;
  }

  public void refuse(boolean lasting) {
    answer = () -> CompletableFuture.completedFuture(new Issuance.Refused("refused", lasting));
  }

  public Issuance.Granted grant() {
    return grant(true);
  }

  private Issuance.Granted grant(boolean mayDelegate) {
    Instant now = clock.instant();
    TestSvid svid =
        domain.svid(
            "/demo/web",
            domain.attributes("/demo/web").withIssuedAt(now).withMayDelegate(mayDelegate),
            request -> request.validity(now.minusSeconds(60), now.plus(life)));
    IssuedCertificate.Builder issued =
        IssuedCertificate.newBuilder().setRenewAt(now.plus(renewAfter).getEpochSecond());
    svid.chain().forEach(der -> issued.addChain(ByteString.copyFrom(der)));
    try {
      return new Issuance.Granted(
          HeldCertificate.of(issued.build(), svid.privateKey(), new Random(7)),
          new Issuance.Terms(List.of(), 1, false),
          List.of());
    } catch (InvalidCertificateException e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<Issuance> granted() {
    return CompletableFuture.completedFuture(grant());
  }
}
