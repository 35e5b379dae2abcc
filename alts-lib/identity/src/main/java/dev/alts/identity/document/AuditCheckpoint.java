package dev.alts.identity.document;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.UnixTime;
import dev.alts.identity.crypto.Sha256;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.List;

/**
 * What the CA's audit log is at one moment, signed by an audit key. Whoever keeps one is a witness:
 * a log that was cut or rewritten since does not go through it.
 *
 * @param number from 1, one by one
 * @param previousSha256 of the body of the checkpoint before; empty in the first
 * @param headsSha256 over the heads of all chains
 * @param chains how many there are
 * @param events how many were ever recorded
 */
public record AuditCheckpoint(
    TrustDomain trustDomain,
    long number,
    Instant issuedAt,
    Bytes previousSha256,
    Bytes headsSha256,
    long chains,
    long events) {
  static final int MAX_BYTES = 4096;
  private static final int SHA256_BYTES = 32;

  public AuditCheckpoint {
    if (number < 1) {
      throw new IllegalArgumentException(
          "audit checkpoint: number %d (expected: 1 to 2^63-1)".formatted(number));
    }
    if (previousSha256.length() != (number == 1 ? 0 : SHA256_BYTES)
        || headsSha256.length() != SHA256_BYTES) {
      throw new IllegalArgumentException("audit checkpoint: hash (expected: SHA-256)");
    }
  }

  /** {@return the checkpoint, if an audit key of {@code trust} signed it for the same domain} */
  public static AuditCheckpoint open(SignedDocument signed, TrustDocument trust)
      throws InvalidDocumentException {
    AuditCheckpoint checkpoint = open(signed, trust.auditKeys());
    if (!checkpoint.trustDomain.equals(trust.trustDomain())) {
      throw new InvalidDocumentException(
          "audit checkpoint: of %s (expected: %s)"
              .formatted(checkpoint.trustDomain, trust.trustDomain()));
    }
    return checkpoint;
  }

  /**
   * {@return the checkpoint, if one of these keys signed it}
   *
   * @param keys SubjectPublicKeyInfos; retired ones too, as old checkpoints stay witnesses
   */
  public static AuditCheckpoint open(SignedDocument signed, List<Bytes> keys)
      throws InvalidDocumentException {
    return read(SignedDocuments.open(DocumentType.AUDIT_CHECKPOINT, signed, keys, MAX_BYTES));
  }

  /**
   * {@return what it says, whoever signed it} For one that was verified when it was taken, or that
   * a later one vouches for by its hash: audit keys come and go, checkpoints stay.
   */
  public static AuditCheckpoint readUnverified(SignedDocument signed)
      throws InvalidDocumentException {
    return read(signed.getBody().toByteArray());
  }

  private static AuditCheckpoint read(byte[] body) throws InvalidDocumentException {
    try {
      return parse(dev.alts.wire.handshake.v1.AuditCheckpoint.parseFrom(body));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidDocumentException("audit checkpoint: " + e.getMessage(), e);
    }
  }

  /** {@return what the checkpoint after this one names as its previous} */
  public static Bytes sha256(SignedDocument signed) {
    return Sha256.of(signed.getBody().toByteArray());
  }

  /** {@return the body to sign} */
  public dev.alts.wire.handshake.v1.AuditCheckpoint toWire() {
    return dev.alts.wire.handshake.v1.AuditCheckpoint.newBuilder()
        .setTrustDomain(trustDomain.name())
        .setNumber(number)
        .setIssuedAt(issuedAt.getEpochSecond())
        .setPreviousSha256(ByteString.copyFrom(previousSha256.asByteBuffer()))
        .setHeadsSha256(ByteString.copyFrom(headsSha256.asByteBuffer()))
        .setChains(chains)
        .setEvents(events)
        .build();
  }

  private static AuditCheckpoint parse(dev.alts.wire.handshake.v1.AuditCheckpoint wire) {
    return new AuditCheckpoint(
        new TrustDomain(wire.getTrustDomain()),
        wire.getNumber(),
        UnixTime.parse(wire.getIssuedAt()),
        Bytes.copyOf(wire.getPreviousSha256().asReadOnlyByteBuffer()),
        Bytes.copyOf(wire.getHeadsSha256().asReadOnlyByteBuffer()),
        wire.getChains(),
        wire.getEvents());
  }
}
