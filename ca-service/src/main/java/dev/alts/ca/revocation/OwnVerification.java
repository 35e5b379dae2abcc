package dev.alts.ca.revocation;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the CA itself verifies its callers by: its own trust document and revocation list, at most a
 * second old. Thread-safe.
 */
@Component
public class OwnVerification implements Supplier<VerificationContext> {
  private static final Duration MAX_AGE = Duration.ofSeconds(1);

  private final TrustDocuments trust;
  private final RevocationLists lists;
  private final InstantSource clock;
  private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();

  private record Snapshot(
      VerificationContext context,
      TrustDocument document,
      Optional<SignedDocument> list,
      Instant readAt) {}

  OwnVerification(TrustDocuments trust, RevocationLists lists, InstantSource clock) {
    this.trust = trust;
    this.lists = lists;
    this.clock = clock;
  }

  @Override
  public VerificationContext get() {
    Snapshot snapshot = latest.get();
    Instant now = clock.instant();
    if (snapshot == null || snapshot.readAt().plus(MAX_AGE).isBefore(now)) {
      snapshot = read(snapshot, now);
      latest.set(snapshot);
    }
    return snapshot.context();
  }

  private Snapshot read(@Nullable Snapshot before, Instant now) {
    TrustDocument document = trust.current().parsed();
    Optional<SignedDocument> list = lists.current();
    if (before != null && before.document().equals(document) && before.list().equals(list)) {
      // The same context again keeps the cache of verified chains warm.
      return new Snapshot(before.context(), document, list, now);
    }
    RevocationList opened = list.map(signed -> open(signed, document)).orElse(null);
    return new Snapshot(
        VerificationContext.ofOwn(new TrustedDomain(document, opened)), document, list, now);
  }

  private static RevocationList open(SignedDocument signed, TrustDocument document) {
    try {
      return RevocationList.open(signed, document);
    } catch (InvalidDocumentException e) {
      // Serving without it would let the revoked in.
      throw new IllegalStateException("our own revocation list does not open", e);
    }
  }
}
