package dev.alts.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.ForeignDomainPolicy;
import dev.alts.identity.verify.StaleRevocation;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestTrustDomain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class StaleListAlarmTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  // what the test domain's lists say
  private static final Duration FRESH_FOR = Duration.ofSeconds(300);
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final ManualClock clock = new ManualClock(NOW);
  private final List<String> alarms = new ArrayList<>();
  private final List<FutureTask<Void>> tasks = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private final StaleListAlarm alarm = new StaleListAlarm(clock, this::schedule, alarms::add);

  @Test
  void listThatIsNotReplacedRaisesOneAlarmWhenItsFreshnessEnds() {
    alarm.watch(context(1, StaleRevocation.KEEP_SERVING));
    assertThat(pauses).containsExactly(FRESH_FOR.plus(SKEW).plusSeconds(1));

    clock.advance(pauses.getFirst());
    tasks.getFirst().run();
    alarm.watch(context(1, StaleRevocation.KEEP_SERVING));

    assertThat(alarms).hasSize(1);
    assertThat(alarms.getFirst())
        .contains("example.org")
        .contains("counter=1")
        .contains("freshUntil=2026-11-24T12:05:00Z")
        .contains("keep-serving");
  }

  @Test
  void newerListPutsTheAlarmOff() {
    alarm.watch(context(1, StaleRevocation.REFUSE_NEW));
    alarm.watch(context(2, StaleRevocation.REFUSE_NEW));

    assertThat(tasks.getFirst().isCancelled()).isTrue();
    assertThat(alarms).isEmpty();
  }

  @Test
  void clockThatWasSetBackMeanwhileRaisesNothingTooEarly() {
    alarm.watch(context(1, StaleRevocation.REFUSE_NEW));

    clock.advance(FRESH_FOR);
    tasks.getFirst().run();
    assertThat(alarms).isEmpty();

    clock.advance(pauses.get(1));
    tasks.get(1).run();
    assertThat(alarms).singleElement().asString().contains("refuse-new");
  }

  @Test
  void listThatIsStaleAlreadyWhenItComesRaisesTheAlarmAtOnce() {
    clock.advance(Duration.ofHours(1));

    alarm.watch(context(1, StaleRevocation.KEEP_SERVING));

    assertThat(alarms).hasSize(1);
  }

  private Future<?> schedule(Runnable task, Duration pause) {
    FutureTask<Void> future = new FutureTask<>(task, null);
    tasks.add(future);
    pauses.add(pause);
    return future;
  }

  private VerificationContext context(long counter, StaleRevocation policy) {
    try {
      TrustDocument trust =
          TrustDocument.open(
              domain.trustDocument(), new RootFingerprint(Bytes.copyOf(domain.rootSha256())));
      RevocationList list = RevocationList.open(domain.revocationList(counter), trust);
      return VerificationContext.of(
          new TrustDomain(domain.name()),
          List.of(new TrustedDomain(trust, list)),
          ForeignDomainPolicy.none(),
          policy);
    } catch (InvalidDocumentException e) {
      throw new AssertionError("the test domain signs good documents", e);
    }
  }
}
