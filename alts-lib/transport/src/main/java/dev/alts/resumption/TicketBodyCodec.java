package dev.alts.resumption;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.Suite;
import dev.alts.wire.handshake.v1.TicketBody;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** TicketBody to and from what it means; strict, since another replica may run other software. */
final class TicketBodyCodec {
  private static final int FORMAT = 1;
  private static final int SECRET_BYTES = 32;
  private static final int SPKI_HASH_BYTES = 32;

  private TicketBodyCodec() {}

  /** {@return the encoded body, which the caller wipes} */
  static byte[] encode(ResumptionTicket ticket, Instant sealedAt) {
    PeerFacts peer = ticket.peer();
    ResumptionTicket.Session session = ticket.session();
    byte[] secret = ticket.resumptionSecret().exposeCopy();
    TicketBody.Builder body =
        TicketBody.newBuilder()
            .setFormat(FORMAT)
            .setResumptionSecret(ByteString.copyFrom(secret))
            .setSpiffeId(peer.spiffeId().toString())
            .setKind(peer.kind().number())
            .setBoundary(peer.boundary())
            .setMachine(peer.machine())
            .setRevocationId(peer.revocationId().value())
            .setMasterIssuedAt(peer.issuedAt().getEpochSecond())
            .setAuthenticatedAt(session.authenticatedAt().getEpochSecond())
            .setExpiresAt(session.expiresAt().getEpochSecond())
            .setWeakestSuiteValue(session.weakestSuite().number())
            .setResumptions(session.resumptions())
            .setSealedAt(sealedAt.getEpochSecond());
    Arrays.fill(secret, (byte) 0);
    for (Bytes authority : peer.authoritySpkiSha256()) {
      body.addAuthoritySpkiSha256(ByteString.copyFrom(authority.asByteBuffer()));
    }
    return body.build().toByteArray();
  }

  /** {@return the ticket, or empty if the body is not what we would have sealed} */
  static Optional<ResumptionTicket> decode(byte[] encoded) {
    try {
      return decode(TicketBody.parseFrom(encoded));
    } catch (InvalidProtocolBufferException | IllegalArgumentException | DateTimeException e) {
      // Genuine but from software that writes it differently: the handshake is full then.
      return Optional.empty();
    }
  }

  private static Optional<ResumptionTicket> decode(TicketBody body) {
    Optional<EntityKind> kind = EntityKind.ofNumber(body.getKind());
    Optional<Suite> weakest = Suite.ofNumber(body.getWeakestSuiteValue());
    boolean wellFormed =
        body.getFormat() == FORMAT
            && body.getResumptionSecret().size() == SECRET_BYTES
            && utf8Length(body.getBoundary()) <= AltsAttributes.MAX_BOUNDARY_BYTES
            && utf8Length(body.getMachine()) <= AltsAttributes.MAX_MACHINE_BYTES
            && body.getAuthoritySpkiSha256List().stream()
                .allMatch(hash -> hash.size() == SPKI_HASH_BYTES);
    if (!wellFormed || kind.isEmpty() || weakest.isEmpty()) {
      return Optional.empty();
    }
    Instant expiresAt = Instant.ofEpochSecond(body.getExpiresAt());
    PeerFacts peer =
        new PeerFacts(
            SpiffeId.parse(body.getSpiffeId()),
            kind.get(),
            body.getBoundary(),
            body.getMachine(),
            new RevocationId(body.getRevocationId()),
            Instant.ofEpochSecond(body.getMasterIssuedAt()),
            body.getAuthoritySpkiSha256List().stream()
                .map(hash -> Bytes.copyOf(hash.asReadOnlyByteBuffer()))
                .toList(),
            // Not in the ticket; its expiry is never later.
            Instant.EPOCH);
    return Optional.of(
        new ResumptionTicket(
            SecretBytes.adopt(body.getResumptionSecret().toByteArray()),
            peer,
            new ResumptionTicket.Session(
                Instant.ofEpochSecond(body.getAuthenticatedAt()),
                expiresAt,
                weakest.get(),
                body.getResumptions())));
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
