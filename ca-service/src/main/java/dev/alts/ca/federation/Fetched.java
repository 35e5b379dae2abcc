package dev.alts.ca.federation;

import dev.alts.api.federation.v1.DomainDocuments;
import org.jspecify.annotations.Nullable;

/**
 * What is held of a foreign trust domain, all of it verified.
 *
 * @param bundle absent: none yet
 * @param documents absent: it does not speak ALTS with us, or none yet
 */
record Fetched(@Nullable SpiffeBundle bundle, @Nullable DomainDocuments documents) {
  static Fetched nothing() {
    return new Fetched(null, null);
  }
}
