package dev.alts.ca.revocation;

import com.google.protobuf.ByteString;
import dev.alts.ca.attestation.MachineName;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedAuthority;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import dev.alts.wire.handshake.v1.RevokedMachine;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.VoidedResumption;
import java.time.Instant;
import java.util.Optional;

/** Entries as the list carries them. */
final class RevocationEntries {
  private RevocationEntries() {}

  /**
   * {@return the entry that takes {@code target} back}
   *
   * @param since T, in whole seconds
   */
  static RevocationEntry of(RevocationTarget target, Instant since, RevocationTimes times) {
    long drop = since.plus(times.certificateEntryLife()).getEpochSecond();
    RevocationEntry.Builder entry = RevocationEntry.newBuilder().setDropAfter(drop);
    return switch (target) {
      case RevocationTarget.Certificate certificate ->
          entry
              .setCertificate(
                  RevokedCertificate.newBuilder().setRevocationId(certificate.id().value()))
              .build();
      case RevocationTarget.Subject subject ->
          entry
              .setSubject(
                  RevokedSubject.newBuilder()
                      .setSpiffeId(subject.id().toString())
                      .setIssuedBefore(since.getEpochSecond()))
              .build();
      case RevocationTarget.Machine machine ->
          entry
              .setMachine(
                  RevokedMachine.newBuilder()
                      .setMachine(machine.name().text())
                      .setIssuedBefore(since.getEpochSecond()))
              .build();
      case RevocationTarget.Authority authority ->
          entry
              .setAuthority(
                  RevokedAuthority.newBuilder()
                      .setSpkiSha256(ByteString.copyFrom(authority.spkiSha256().asByteBuffer())))
              .build();
      case RevocationTarget.Resumption resumption -> voided(resumption.server(), since, times);
    };
  }

  /** {@return what {@code entry} takes back} */
  static RevocationTarget target(RevocationEntry entry) {
    return switch (entry.getEntryCase()) {
      case CERTIFICATE ->
          new RevocationTarget.Certificate(
              new RevocationId(entry.getCertificate().getRevocationId()));
      case SUBJECT ->
          new RevocationTarget.Subject(SpiffeId.parse(entry.getSubject().getSpiffeId()));
      case MACHINE ->
          new RevocationTarget.Machine(new MachineName(entry.getMachine().getMachine()));
      case AUTHORITY ->
          new RevocationTarget.Authority(
              Bytes.copyOf(entry.getAuthority().getSpkiSha256().asReadOnlyByteBuffer()));
      case RESUMPTION ->
          new RevocationTarget.Resumption(SpiffeId.parse(entry.getResumption().getSpiffeId()));
      case ENTRY_NOT_SET -> throw new IllegalStateException("stored revocation entry is empty");
    };
  }

  /** {@return T of {@code entry}, if it has one} */
  static Optional<Instant> before(RevocationEntry entry) {
    return switch (entry.getEntryCase()) {
      case SUBJECT -> Optional.of(Instant.ofEpochSecond(entry.getSubject().getIssuedBefore()));
      case MACHINE -> Optional.of(Instant.ofEpochSecond(entry.getMachine().getIssuedBefore()));
      case RESUMPTION ->
          Optional.of(Instant.ofEpochSecond(entry.getResumption().getAuthenticatedBefore()));
      case CERTIFICATE, AUTHORITY, ENTRY_NOT_SET -> Optional.empty();
    };
  }

  /** {@return the entry that voids every session with {@code server} from before {@code since}} */
  static RevocationEntry voided(SpiffeId server, Instant since, RevocationTimes times) {
    return RevocationEntry.newBuilder()
        .setDropAfter(since.plus(times.resumptionEntryLife()).getEpochSecond())
        .setResumption(
            VoidedResumption.newBuilder()
                .setSpiffeId(server.toString())
                .setAuthenticatedBefore(since.getEpochSecond()))
        .build();
  }
}
