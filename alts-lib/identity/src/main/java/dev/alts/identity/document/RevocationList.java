package dev.alts.identity.document;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.TrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a trust domain has revoked, complete (handshake.md section 7). Ordered by trust document
 * sequence, then counter.
 *
 * @param freshFor how long after {@code issuedAt} it counts as fresh; the CA re-signs well before
 * @param validUntil after this, skew added, nothing new may rest on it
 */
public record RevocationList(
    TrustDomain trustDomain,
    long trustDocumentSequence,
    long counter,
    Instant issuedAt,
    Duration freshFor,
    Instant validUntil,
    List<RevocationEntry> entries) {
  static final int MAX_BYTES = 16 << 20;
  private static final int MAX_ENTRIES = 200_000;
  private static final long MAX_FRESH_FOR_SECONDS = 0xffff_ffffL;

  public RevocationList {
    entries = List.copyOf(entries);
    if (trustDocumentSequence < 1 || counter < 1) {
      throw new IllegalArgumentException(
          "revocation list: order %d.%d (expected: both 1 to 2^63-1)"
              .formatted(trustDocumentSequence, counter));
    }
    if (freshFor.isNegative() || freshFor.isZero() || !validUntil.isAfter(issuedAt)) {
      throw new IllegalArgumentException(
          "revocation list: fresh-for and valid-until (expected: after issued-at)");
    }
    if (freshFor.toSeconds() > MAX_FRESH_FOR_SECONDS) {
      throw new IllegalArgumentException(
          "revocation list: fresh for %d s (expected: at most 2^32-1)"
              .formatted(freshFor.toSeconds()));
    }
    if (entries.size() > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "revocation list: %d entries (expected: at most %d)"
              .formatted(entries.size(), MAX_ENTRIES));
    }
  }

  /**
   * {@return the list, if a revocation key of {@code trust} signed it for the same trust domain}
   */
  public static RevocationList open(SignedDocument signed, TrustDocument trust)
      throws InvalidDocumentException {
    byte[] body =
        SignedDocuments.open(
            DocumentType.REVOCATION_LIST, signed, trust.revocationKeys(), MAX_BYTES);
    try {
      RevocationList list =
          RevocationListCodec.parse(dev.alts.wire.handshake.v1.RevocationList.parseFrom(body));
      if (!list.trustDomain.equals(trust.trustDomain())) {
        throw new InvalidDocumentException(
            "revocation list: of %s (expected: %s)"
                .formatted(list.trustDomain, trust.trustDomain()));
      }
      return list;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidDocumentException("revocation list: " + e.getMessage(), e);
    }
  }

  /** {@return whether this list comes after {@code other}; holders keep the newer one} */
  public boolean isNewerThan(RevocationList other) {
    return trustDocumentSequence != other.trustDocumentSequence
        ? trustDocumentSequence > other.trustDocumentSequence
        : counter > other.counter;
  }

  public boolean isFresh(Instant now) {
    return !now.isAfter(issuedAt.plus(freshFor));
  }

  /** {@return the body to sign} */
  public dev.alts.wire.handshake.v1.RevocationList toWire() {
    return RevocationListCodec.toWire(this);
  }
}
