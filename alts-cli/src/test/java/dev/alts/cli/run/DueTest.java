package dev.alts.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DueTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  @Test
  void handshakeCertificatesAreMadeWhileNoRenewalSucceeds() {
    Instant renewAt = START.plus(Duration.ofMinutes(30));
    Instant notAfter = START.plus(Duration.ofMinutes(60));
    List<Duration> made = new ArrayList<>();

    Due due = Due.from(START, renewAt);
    for (Instant now = due.next(); now.isBefore(notAfter); now = due.next()) {
      if (due.isRenewal(now)) {
        due = due.notRenewed(now);
      } else {
        made.add(Duration.between(START, now));
        due = due.remade(now);
      }
    }

    assertThat(made).hasSizeGreaterThanOrEqualTo(5);
    assertThat(made.getLast()).isGreaterThanOrEqualTo(Duration.ofMinutes(50));
  }

  @Test
  void aRenewalThatSucceedsBringsAHandshakeCertificateToo() {
    Instant later = START.plus(Duration.ofMinutes(30));

    Due due = Due.from(later, later.plus(Duration.ofMinutes(30)));

    assertThat(due.next()).isEqualTo(later.plus(Duration.ofMinutes(10)));
    assertThat(due.isRenewal(due.next())).isFalse();
  }
}
