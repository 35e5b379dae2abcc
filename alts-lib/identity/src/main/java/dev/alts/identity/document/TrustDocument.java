package dev.alts.identity.document;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a trust domain's root signs, and nothing else: who issues, and which keys sign the other
 * documents (handshake.md section 2). Each key has one purpose; a key that occurs twice makes the
 * document invalid.
 *
 * @param sequence from 1, never goes back
 * @param rootSpki SubjectPublicKeyInfo of the root that signed
 * @param authorities the members of the SPIFFE bundle; none: nothing is trusted any more
 * @param successorRootSpki the root that may sign later documents, if one is planned
 */
public record TrustDocument(
    TrustDomain trustDomain,
    long sequence,
    Instant issuedAt,
    Instant nextUpdate,
    Bytes rootSpki,
    List<IssuingAuthority> authorities,
    List<Bytes> revocationKeys,
    List<Bytes> namingKeys,
    List<Bytes> auditKeys,
    List<JwtKey> jwtKeys,
    @Nullable Bytes successorRootSpki) {
  static final int MAX_BYTES = 1 << 20;
  private static final int MAX_AUTHORITIES = 64;
  private static final int MAX_KEYS = 16;

  public TrustDocument {
    authorities = List.copyOf(authorities);
    revocationKeys = List.copyOf(revocationKeys);
    namingKeys = List.copyOf(namingKeys);
    auditKeys = List.copyOf(auditKeys);
    jwtKeys = List.copyOf(jwtKeys);
    if (sequence < 1) {
      throw new IllegalArgumentException(
          "trust document: sequence %d (expected: 1 to 2^63-1)".formatted(sequence));
    }
    if (!nextUpdate.isAfter(issuedAt)) {
      throw new IllegalArgumentException("trust document: next update (expected: after issued-at)");
    }
    requireAtMost("authorities", authorities, MAX_AUTHORITIES);
    requireAtMost("revocation keys", revocationKeys, MAX_KEYS);
    requireAtMost("naming keys", namingKeys, MAX_KEYS);
    requireAtMost("audit keys", auditKeys, MAX_KEYS);
    requireAtMost("JWT keys", jwtKeys, MAX_KEYS);
    requireOnePurposePerKey(
        rootSpki, authorities, revocationKeys, namingKeys, auditKeys, jwtKeys, successorRootSpki);
  }

  /** {@return the document, if the pinned root signed it} */
  public static TrustDocument open(SignedDocument signed, RootFingerprint pinned)
      throws InvalidDocumentException {
    Bytes rootSpki = statedRoot(signed);
    if (!RootFingerprint.of(rootSpki).equals(pinned)) {
      throw new InvalidDocumentException(
          "trust document: root %s (expected: %s, which is pinned)"
              .formatted(RootFingerprint.of(rootSpki), pinned));
    }
    return openWith(signed, rootSpki);
  }

  /**
   * {@return the document that follows {@code previous}: of the same trust domain, signed by the
   * same root or by the successor that {@code previous} names, and not older; the same sequence
   * only with the same content}
   */
  public static TrustDocument openSuccessor(SignedDocument signed, TrustDocument previous)
      throws InvalidDocumentException {
    Bytes rootSpki = statedRoot(signed);
    if (!rootSpki.equals(previous.rootSpki)
        && !Objects.equals(rootSpki, previous.successorRootSpki)) {
      throw new InvalidDocumentException(
          "trust document: root %s (expected: the previous one or its named successor)"
              .formatted(RootFingerprint.of(rootSpki)));
    }
    TrustDocument next = openWith(signed, rootSpki);
    if (!next.trustDomain.equals(previous.trustDomain)) {
      throw new InvalidDocumentException(
          "trust document: of %s (expected: %s)".formatted(next.trustDomain, previous.trustDomain));
    }
    if (next.sequence < previous.sequence
        || (next.sequence == previous.sequence && !next.equals(previous))) {
      throw new InvalidDocumentException(
          "trust document: sequence %d (expected: above %d)"
              .formatted(next.sequence, previous.sequence));
    }
    return next;
  }

  public RootFingerprint rootFingerprint() {
    return RootFingerprint.of(rootSpki);
  }

  /** {@return the body to sign} */
  public dev.alts.wire.handshake.v1.TrustDocument toWire() {
    return TrustDocumentCodec.toWire(this);
  }

  private static Bytes statedRoot(SignedDocument signed) throws InvalidDocumentException {
    if (signed.getBody().size() > MAX_BYTES) {
      throw new InvalidDocumentException("trust document: longer than 1 MiB");
    }
    try {
      return Bytes.copyOf(
          dev.alts.wire.handshake.v1.TrustDocument.parseFrom(signed.getBody())
              .getRootSpki()
              .asReadOnlyByteBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidDocumentException("trust document: malformed", e);
    }
  }

  private static TrustDocument openWith(SignedDocument signed, Bytes rootSpki)
      throws InvalidDocumentException {
    return TrustDocumentCodec.parse(
        SignedDocuments.open(DocumentType.TRUST_DOCUMENT, signed, List.of(rootSpki), MAX_BYTES));
  }

  private static void requireAtMost(String what, List<?> list, int max) {
    if (list.size() > max) {
      throw new IllegalArgumentException(
          "trust document: %d %s (expected: at most %d)".formatted(list.size(), what, max));
    }
  }

  private static void requireOnePurposePerKey(
      Bytes rootSpki,
      List<IssuingAuthority> authorities,
      List<Bytes> revocationKeys,
      List<Bytes> namingKeys,
      List<Bytes> auditKeys,
      List<JwtKey> jwtKeys,
      @Nullable Bytes successorRootSpki) {
    List<Bytes> all = new ArrayList<>(List.of(rootSpki));
    authorities.forEach(authority -> all.add(authority.certificate().spki()));
    all.addAll(revocationKeys);
    all.addAll(namingKeys);
    all.addAll(auditKeys);
    jwtKeys.forEach(key -> all.add(key.spki()));
    if (successorRootSpki != null) {
      all.add(successorRootSpki);
    }
    Set<Bytes> distinct = new HashSet<>(all);
    if (distinct.size() != all.size() || distinct.contains(Bytes.empty())) {
      throw new IllegalArgumentException(
          "trust document: a key is empty or occurs twice (expected: one purpose per key)");
    }
  }
}
