package dev.alts.benchmarks;

/**
 * How far a row wants to get.
 *
 * @param limit a ratio to the best competitor, or a value if {@code absolute}; 0: none is set
 * @param absolute whether our own value counts, not its ratio
 */
record Target(double limit, boolean absolute) {
  static final Target NONE = new Target(0, false);

  static Target ratio(double limit) {
    return new Target(limit, false);
  }

  static Target value(double limit) {
    return new Target(limit, true);
  }

  boolean isSet() {
    return limit > 0;
  }

  boolean isReached(Quantity quantity, double ratio, double ours) {
    double reached = absolute ? ours : ratio;
    return quantity.isLessBetter() ? reached <= limit : reached >= limit;
  }

  String text(Quantity quantity) {
    if (!isSet()) {
      return "";
    }
    String side = quantity.isLessBetter() ? "at most" : "at least";
    return absolute ? "%s %,.0f".formatted(side, limit) : "%s %.2f".formatted(side, limit);
  }
}
