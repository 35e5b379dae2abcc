package dev.alts.ca.authority;

import dev.alts.identity.document.RootFingerprint;
import java.util.function.Consumer;

/** The trust document of our own trust domain, always within its next update. Thread-safe. */
public interface TrustDocuments {
  PublishedTrustDocument current();

  /**
   * Calls {@code listener} with every later document, in order, until the result is closed. It must
   * not block.
   */
  Subscription onChange(Consumer<PublishedTrustDocument> listener);

  /** {@return what join tokens and enrolment codes carry, so that a newcomer knows our root} */
  default RootFingerprint rootFingerprint() {
    return current().parsed().rootFingerprint();
  }

  /** Ends a listener's calls. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
