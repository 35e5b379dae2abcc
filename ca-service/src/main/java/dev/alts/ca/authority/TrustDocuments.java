package dev.alts.ca.authority;

import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The trust document of our own trust domain, always within its next update. Thread-safe. */
public interface TrustDocuments {
  PublishedTrustDocument current();

  /**
   * Calls {@code listener} with every later document, in order, until the result is closed. It must
   * not block.
   */
  Subscription onChange(Consumer<PublishedTrustDocument> listener);

  /**
   * {@return for each root that has gone its last document, which names the next root; oldest
   * first}
   */
  List<SignedDocument> bridges();

  /** Takes over what another replica has changed, without waiting for the next look. */
  void catchUp();

  /**
   * {@return the sequence of the earliest document from which on all say so; {@code Long.MAX_VALUE}
   * if the present one does not} Whoever holds that one or a later one knows it.
   */
  long publishedSince(Predicate<TrustDocument> saysSo);

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
