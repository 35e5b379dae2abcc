package dev.alts.ca.resumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.authority.KeyCustody;
import dev.alts.ca.resumption.ResumptionRoots.Root;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class RecentRootsTest {
  private static final ResumptionPeriod PRESENT = new ResumptionPeriod(40_000);

  private static CaCore ca;

  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5);
  private final ResumptionRoots roots =
      new ResumptionRoots(ca.bean(JdbcClient.class), ca.bean(KeyCustody.class), new SecureRandom());
  private final RecentRoots recent = new RecentRoots(roots, nanoTime::get);

  @BeforeAll
  static void start() {
    ca = CaCore.start();
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @BeforeEach
  void forget() {
    eraseAll();
  }

  @Test
  void aDrawnRootIsTheOneOnRecordAndIsNotReadAgain() {
    Bytes drawn = secret(recent.drawn(PRESENT));
    assertThat(secret(roots.drawn(PRESENT))).isEqualTo(drawn);

    eraseAll();

    assertThat(secret(recent.drawn(PRESENT))).isEqualTo(drawn);
    assertThat(recent.find(PRESENT).map(RecentRootsTest::secret)).contains(drawn);
  }

  @Test
  void whoeverClosesARootClosesACopy() {
    Root first = recent.drawn(PRESENT);
    Bytes secret = secret(first.copy());

    first.close();

    assertThat(secret(recent.drawn(PRESENT))).isEqualTo(secret);
  }

  @Test
  void anAbsentRootIsLookedForAgainAfterAMinute() {
    assertThat(recent.find(PRESENT.previous())).isEmpty();
    Bytes lateByAnotherReplica = secret(roots.drawn(PRESENT.previous()));
    nanoTime.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
    assertThat(recent.find(PRESENT.previous())).isEmpty();

    nanoTime.incrementAndGet();

    assertThat(recent.find(PRESENT.previous()).map(RecentRootsTest::secret))
        .contains(lateByAnotherReplica);
  }

  @Test
  void absenceOfARootDoesNotHideTheOneThatIsDrawnHere() {
    assertThat(recent.find(PRESENT)).isEmpty();

    Bytes drawn = secret(recent.drawn(PRESENT));

    assertThat(recent.find(PRESENT).map(RecentRootsTest::secret)).contains(drawn);
  }

  @Test
  void onlyThePresentAndThePreviousPeriodsAreKept() {
    ResumptionPeriod next = new ResumptionPeriod(PRESENT.number() + 1);
    recent.drawn(PRESENT.previous()).close();
    recent.drawn(PRESENT).close();
    recent.drawn(next).close();

    eraseAll();

    assertThat(recent.find(next)).isPresent();
    assertThat(recent.find(PRESENT)).isPresent();
    assertThat(recent.find(PRESENT.previous())).isEmpty();
  }

  private static Bytes secret(Root root) {
    try (root) {
      return Bytes.copyOf(root.secret().exposeCopy());
    }
  }

  private static void eraseAll() {
    ca.jdbc().update("DELETE FROM resumption_root");
  }
}
