package dev.alts.ca.policy;

import java.util.List;
import java.util.Set;

/** Names of record protocols (handshake.md section 5), and what a list of them must have. */
public final class RecordProtocols {
  /** Encrypts, works across boundaries, and is spoken by everybody. */
  public static final String EVERYBODY_SPEAKS = "ALTSRP_GCM_AES128_REKEY";

  private static final List<String> KNOWN =
      List.of("ALTSRP_GMAC_128", EVERYBODY_SPEAKS, "ALTSRP_VMAC_128", "ALTSRP_VCM_AES128");

  private RecordProtocols() {}

  /**
   * {@return {@code names}, most wanted first}
   *
   * <p>Integrity-only ends at a boundary, and no other encrypting one is spoken by everybody: a
   * list without {@link #EVERYBODY_SPEAKS} could stop the fleet, so there is none.
   *
   * @param what how messages call the list
   * @throws IllegalArgumentException saying what is expected
   */
  public static List<String> require(String what, List<String> names) {
    if (!KNOWN.containsAll(names) || Set.copyOf(names).size() != names.size()) {
      throw new IllegalArgumentException(
          "%s: (expected: some of %s, each once)".formatted(what, String.join(", ", KNOWN)));
    }
    if (!names.contains(EVERYBODY_SPEAKS)) {
      throw new IllegalArgumentException(
          "%s: (expected: %s among them)".formatted(what, EVERYBODY_SPEAKS));
    }
    return List.copyOf(names);
  }
}
