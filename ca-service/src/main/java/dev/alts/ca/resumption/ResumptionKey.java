package dev.alts.ca.resumption;

import dev.alts.identity.SecretBytes;
import java.time.Instant;

/** A key that seals and opens tickets of one identity. Whoever asked for it closes it. */
public final class ResumptionKey implements AutoCloseable {
  private final SecretBytes key;
  private final int generation;
  private final Instant createdAt;
  private final ResumptionPeriod period;

  ResumptionKey(SecretBytes key, int generation, Instant createdAt, ResumptionPeriod period) {
    this.key = key;
    this.generation = generation;
    this.createdAt = createdAt;
    this.period = period;
  }

  public SecretBytes key() {
    return key;
  }

  public int generation() {
    return generation;
  }

  /** {@return whole seconds; servers drop keys made before a revocation} */
  public Instant createdAt() {
    return createdAt;
  }

  public ResumptionPeriod period() {
    return period;
  }

  @Override
  public void close() {
    key.close();
  }

  @Override
  public String toString() {
    return "ResumptionKey[period %d, generation %d, redacted]"
        .formatted(period.number(), generation);
  }
}
