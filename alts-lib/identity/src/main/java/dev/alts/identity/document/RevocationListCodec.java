package dev.alts.identity.document;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.UnixTime;
import dev.alts.wire.handshake.v1.RevokedAuthority;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import dev.alts.wire.handshake.v1.RevokedMachine;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.VoidedResumption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Revocation lists between value and wire. */
final class RevocationListCodec {
  private RevocationListCodec() {}

  static RevocationList parse(dev.alts.wire.handshake.v1.RevocationList wire) {
    TrustDomain domain = new TrustDomain(wire.getTrustDomain());
    List<RevocationEntry> entries = new ArrayList<>(Math.min(wire.getEntriesCount(), 1024));
    for (var entry : wire.getEntriesList()) {
      entries.add(entry(entry, domain));
    }
    return new RevocationList(
        domain,
        wire.getTrustDocumentSequence(),
        wire.getCounter(),
        UnixTime.parse(wire.getIssuedAt()),
        Duration.ofSeconds(Integer.toUnsignedLong(wire.getFreshForSeconds())),
        UnixTime.parse(wire.getValidUntil()),
        entries);
  }

  static dev.alts.wire.handshake.v1.RevocationList toWire(RevocationList list) {
    var wire =
        dev.alts.wire.handshake.v1.RevocationList.newBuilder()
            .setTrustDomain(list.trustDomain().name())
            .setTrustDocumentSequence(list.trustDocumentSequence())
            .setCounter(list.counter())
            .setIssuedAt(list.issuedAt().getEpochSecond())
            .setFreshForSeconds((int) list.freshFor().toSeconds()) // unsigned, like the wire's
            .setValidUntil(list.validUntil().getEpochSecond());
    list.entries().forEach(entry -> wire.addEntries(toWire(entry)));
    return wire.build();
  }

  private static RevocationEntry entry(
      dev.alts.wire.handshake.v1.RevocationEntry wire, TrustDomain domain) {
    Instant dropAfter = UnixTime.parse(wire.getDropAfter());
    return switch (wire.getEntryCase()) {
      case CERTIFICATE ->
          new RevocationEntry.Certificate(
              new RevocationId(wire.getCertificate().getRevocationId()), dropAfter);
      case SUBJECT ->
          new RevocationEntry.Subject(
              id(wire.getSubject().getSpiffeId(), domain),
              UnixTime.parse(wire.getSubject().getIssuedBefore()),
              dropAfter);
      case MACHINE ->
          new RevocationEntry.Machine(
              wire.getMachine().getMachine(),
              UnixTime.parse(wire.getMachine().getIssuedBefore()),
              dropAfter);
      case AUTHORITY ->
          new RevocationEntry.Authority(
              Bytes.copyOf(wire.getAuthority().getSpkiSha256().asReadOnlyByteBuffer()), dropAfter);
      case RESUMPTION ->
          new RevocationEntry.Resumption(
              id(wire.getResumption().getSpiffeId(), domain),
              UnixTime.parse(wire.getResumption().getAuthenticatedBefore()),
              dropAfter);
      // Skipping an entry of a later version would let through what its domain has revoked.
      case ENTRY_NOT_SET -> throw new IllegalArgumentException("an entry of unknown form");
    };
  }

  /** A list revokes names of its own trust domain only. */
  private static SpiffeId id(String text, TrustDomain domain) {
    SpiffeId id = SpiffeId.parse(text);
    if (!id.isMemberOf(domain)) {
      throw new IllegalArgumentException("an entry for %s (expected: of %s)".formatted(id, domain));
    }
    return id;
  }

  private static dev.alts.wire.handshake.v1.RevocationEntry toWire(RevocationEntry entry) {
    var wire =
        dev.alts.wire.handshake.v1.RevocationEntry.newBuilder()
            .setDropAfter(entry.dropAfter().getEpochSecond());
    switch (entry) {
      case RevocationEntry.Certificate revoked ->
          wire.setCertificate(
              RevokedCertificate.newBuilder().setRevocationId(revoked.id().value()));
      case RevocationEntry.Subject revoked ->
          wire.setSubject(
              RevokedSubject.newBuilder()
                  .setSpiffeId(revoked.id().toString())
                  .setIssuedBefore(ceiling(revoked.issuedBefore())));
      case RevocationEntry.Machine revoked ->
          wire.setMachine(
              RevokedMachine.newBuilder()
                  .setMachine(revoked.machine())
                  .setIssuedBefore(ceiling(revoked.issuedBefore())));
      case RevocationEntry.Authority revoked ->
          wire.setAuthority(
              RevokedAuthority.newBuilder()
                  .setSpkiSha256(ByteString.copyFrom(revoked.spkiSha256().asByteBuffer())));
      case RevocationEntry.Resumption voided ->
          wire.setResumption(
              VoidedResumption.newBuilder()
                  .setSpiffeId(voided.server().toString())
                  .setAuthenticatedBefore(ceiling(voided.authenticatedBefore())));
    }
    return wire.build();
  }

  /** T is rounded up (handshake.md section 11), so that nothing of the same second escapes. */
  private static long ceiling(Instant time) {
    return time.getNano() == 0 ? time.getEpochSecond() : time.getEpochSecond() + 1;
  }
}
