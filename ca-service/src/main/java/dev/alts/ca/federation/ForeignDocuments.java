package dev.alts.ca.federation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import org.jspecify.annotations.Nullable;

/** The rules by which what a foreign trust domain signed is believed. */
final class ForeignDocuments {
  /** Of all documents of one domain; a revocation list of 10,000 entries is half of it. */
  static final int MAX_BYTES = 1 << 20;

  private ForeignDocuments() {}

  /** {@return what a stranger sent, not verified yet} */
  static DomainDocuments parse(Bytes body) throws InvalidDocumentException {
    try {
      return DomainDocuments.parseFrom(body.toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidDocumentException("documents: malformed", e);
    }
  }

  /**
   * {@return the trust document in {@code received}, after all of it was verified: signed by the
   * pinned root or one that follows it, of this trust domain, and nothing older than what is held}
   */
  static TrustDocument verify(
      Relationship relationship,
      RootFingerprint pinned,
      @Nullable DomainDocuments held,
      DomainDocuments received)
      throws InvalidDocumentException {
    TrustDocument before = held == null ? null : trust(held);
    TrustDocument next =
        before == null
            ? Succession.begin(pinned, received.getBridgesList(), received.getTrustDocument())
            : Succession.follow(before, received.getBridgesList(), received.getTrustDocument());
    if (!next.trustDomain().equals(relationship.domain())) {
      throw new InvalidDocumentException(
          "trust document: of %s (expected: %s)"
              .formatted(next.trustDomain(), relationship.domain()));
    }
    requireListFollows(held, before, received, next);
    return next;
  }

  private static void requireListFollows(
      @Nullable DomainDocuments held,
      @Nullable TrustDocument before,
      DomainDocuments received,
      TrustDocument next)
      throws InvalidDocumentException {
    SignedDocument last =
        held == null || !held.hasRevocationList() ? null : held.getRevocationList();
    if (!received.hasRevocationList()) {
      if (last != null) {
        throw new InvalidDocumentException("revocation list: none (expected: one, as before)");
      }
      return;
    }
    SignedDocument signed = received.getRevocationList();
    RevocationList list = RevocationList.open(signed, next);
    if (last == null || before == null || last.equals(signed)) {
      return;
    }
    RevocationList known = RevocationList.open(last, before);
    if (!list.isNewerThan(known)) {
      throw new InvalidDocumentException(
          "revocation list: counter %d (expected: above %d, which is held)"
              .formatted(list.counter(), known.counter()));
    }
  }

  /** {@return the trust document in what was verified when it was stored} */
  static TrustDocument trust(DomainDocuments held) throws InvalidDocumentException {
    try {
      Bytes root =
          Bytes.copyOf(
              dev.alts.wire.handshake.v1.TrustDocument.parseFrom(held.getTrustDocument().getBody())
                  .getRootSpki()
                  .asReadOnlyByteBuffer());
      return TrustDocument.open(held.getTrustDocument(), RootFingerprint.of(root));
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidDocumentException("trust document: damaged", e);
    }
  }
}
