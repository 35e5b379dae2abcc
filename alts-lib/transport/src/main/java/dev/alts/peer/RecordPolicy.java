package dev.alts.peer;

import java.util.Collection;
import java.util.List;

/**
 * Which record protocols this party allows (handshake.md section 5).
 *
 * @param recordProtocols names, most wanted first; names that this library does not know are
 *     ignored
 * @param requirePrivacy never integrity-only, whatever the list says
 */
public record RecordPolicy(List<String> recordProtocols, boolean requirePrivacy) {
  /** Everything encrypted, by the protocol that every public ALTS stack speaks. */
  public static final RecordPolicy DEFAULT =
      new RecordPolicy(List.of("ALTSRP_GCM_AES128_REKEY"), true);

  public RecordPolicy {
    recordProtocols = List.copyOf(recordProtocols);
  }

  /** {@return the same, but of its list only {@code supported}, in its order} */
  public RecordPolicy retaining(Collection<String> supported) {
    return new RecordPolicy(
        recordProtocols.stream().filter(supported::contains).toList(), requirePrivacy);
  }

  /** {@return the same list, but nothing without encryption} */
  public RecordPolicy withPrivacyRequired() {
    return new RecordPolicy(recordProtocols, true);
  }
}
