package dev.alts.ca.revocation;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the CA itself verifies its callers by: its own trust document and revocation list.
 * Thread-safe.
 *
 * <p>{@link #get()} does not ask the database, since TLS handshakes call it; {@link #refresh()}
 * does, whenever something was pushed and every few seconds.
 */
@Component
public class OwnVerification implements Supplier<VerificationContext> {
  private final TrustDocuments trust;
  private final RevocationLists lists;
  private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();

  private record Snapshot(
      VerificationContext context, TrustDocument document, Optional<SignedDocument> list) {}

  OwnVerification(TrustDocuments trust, RevocationLists lists) {
    this.trust = trust;
    this.lists = lists;
  }

  @Override
  public VerificationContext get() {
    Snapshot snapshot = latest.get();
    return snapshot == null ? refresh() : snapshot.context();
  }

  /** {@return the context by what the database says now} */
  public VerificationContext refresh() {
    Snapshot snapshot = read(latest.get());
    latest.set(snapshot);
    return snapshot.context();
  }

  private Snapshot read(@Nullable Snapshot before) {
    TrustDocument document = trust.current().parsed();
    Optional<SignedDocument> list = lists.current();
    if (before != null && before.document().equals(document) && before.list().equals(list)) {
      // The same context again keeps the cache of verified chains warm.
      return before;
    }
    RevocationList opened = list.map(signed -> open(signed, document)).orElse(null);
    return new Snapshot(
        VerificationContext.ofOwn(new TrustedDomain(document, opened)), document, list);
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
