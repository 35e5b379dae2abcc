package dev.alts.identity.fact;

/** Who says so; the number is the wire's. */
public enum Provenance {
  /** The CA verified it itself: {@code machine.*}, {@code verified.*}. */
  VERIFIED_BY_CA(1),
  /** The agent's word: {@code workload.*}. */
  STATED_BY_AGENT(2);

  private final int number;

  Provenance(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
