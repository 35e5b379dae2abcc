package dev.alts.ca.issuance;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.List;

/**
 * Writes what has to exist whenever a certificate does, in the transaction of its record (step 5 of
 * docs/issuance.md). Of another module, so that issuance need not know what that is.
 */
public interface RecordCompanion {
  /** Writes for all certificates of a group; if it throws, none of them is recorded. */
  void record(List<Recorded> group);

  /** A certificate that is being recorded, with what its request brought along. */
  record Recorded(
      RecordAttachment attachment, SpiffeId subject, AltsAttributes attributes, Instant notAfter) {}
}
