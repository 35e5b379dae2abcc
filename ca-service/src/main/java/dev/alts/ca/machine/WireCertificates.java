package dev.alts.ca.machine;

import com.google.protobuf.ByteString;
import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.EntityKind;
import java.util.Arrays;

/** Certificates and resumption keys as the Machine API carries them. */
final class WireCertificates {
  private WireCertificates() {}

  static Bytes bytes(ByteString wire) {
    return Bytes.copyOf(wire.asReadOnlyByteBuffer());
  }

  static dev.alts.api.machine.v1.IssuedCertificate toWire(IssuedCertificate certificate) {
    return dev.alts.api.machine.v1.IssuedCertificate.newBuilder()
        .addChain(ByteString.copyFrom(certificate.der().asByteBuffer()))
        .setSpiffeId(certificate.subject().toString())
        .setKind(EntityKind.forNumber(certificate.attributes().kind().number()))
        .setBoundary(certificate.attributes().boundary())
        .setRevocationId(certificate.attributes().revocationId().value())
        .setIssuedAt(certificate.attributes().issuedAt().getEpochSecond())
        .setNotAfter(certificate.notAfter().getEpochSecond())
        .setRenewAt(certificate.renewAt().getEpochSecond())
        .setRenewJitterSeconds(Math.toIntExact(certificate.renewJitter().toSeconds()))
        .build();
  }

  static ResumptionKey toWire(dev.alts.ca.resumption.ResumptionKey key) {
    byte[] secret = key.key().exposeCopy();
    ResumptionKey wire =
        ResumptionKey.newBuilder()
            .setKey(ByteString.copyFrom(secret))
            .setGeneration(key.generation())
            .setCreatedAt(key.createdAt().getEpochSecond())
            .setSealsUntil(key.period().sealsUntil().getEpochSecond())
            .setOpensUntil(key.period().opensUntil().getEpochSecond())
            .build();
    Arrays.fill(secret, (byte) 0);
    return wire;
  }
}
