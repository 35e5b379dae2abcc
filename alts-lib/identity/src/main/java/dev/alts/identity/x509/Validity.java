package dev.alts.identity.x509;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** A stretch of time with both ends. It is empty if it ends before it starts. */
public record Validity(Instant notBefore, Instant notAfter) {
  /** Allowance for clocks that differ, on both ends of every validity (handshake.md section 2). */
  public static final Duration SKEW = Duration.ofMinutes(1);

  public static Validity of(StrictCertificate certificate) {
    return new Validity(certificate.notBefore(), certificate.notAfter());
  }

  public Validity intersection(Validity other) {
    return new Validity(
        notBefore.isAfter(other.notBefore) ? notBefore : other.notBefore,
        notAfter.isBefore(other.notAfter) ? notAfter : other.notAfter);
  }

  public boolean isEmpty() {
    return notAfter.isBefore(notBefore);
  }

  /** {@return whether it has not begun, skew allowed for, by whole seconds} */
  public boolean isAhead(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).plus(SKEW).isBefore(notBefore);
  }

  /** {@return whether it is over, skew allowed for, by whole seconds} */
  public boolean isOver(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).minus(SKEW).isAfter(notAfter);
  }
}
