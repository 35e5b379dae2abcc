package dev.alts.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** Cases that follow from measured ones. */
final class Derived {
  /** Garbage of a full hybrid handshake without what the KEM's provider makes by itself. */
  static final String GARBAGE = "garbage of the full hybrid handshake beyond the KEM's";

  private Derived() {}

  static Map<String, Measurement> withDerived(Map<String, Measurement> measured) {
    Map<String, Measurement> all = new LinkedHashMap<>(measured);
    Measurement handshake = measured.get(Rows.known("ALTS", "HYBRID"));
    Measurement hybrid = measured.get(Rows.primitives("FULL_HYBRID"));
    Measurement classical = measured.get(Rows.primitives("FULL_CLASSICAL"));
    if (handshake != null && hybrid != null && classical != null) {
      double kem = hybrid.allocatedBytes() - classical.allocatedBytes();
      all.put(
          GARBAGE,
          new Measurement(GARBAGE, handshake.cpuMicros(), 0, handshake.allocatedBytes() - kem, 0));
    }
    return all;
  }
}
