package dev.alts.identity.document;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.UnixTime;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Trust documents between value and wire. */
final class TrustDocumentCodec {
  private TrustDocumentCodec() {}

  static TrustDocument parse(byte[] body) throws InvalidDocumentException {
    try {
      var wire = dev.alts.wire.handshake.v1.TrustDocument.parseFrom(body);
      TrustDomain domain = new TrustDomain(wire.getTrustDomain());
      List<IssuingAuthority> authorities = new ArrayList<>();
      for (var authority : wire.getAuthoritiesList()) {
        authorities.add(authority(authority, domain));
      }
      List<JwtKey> jwtKeys = new ArrayList<>();
      for (var key : wire.getJwtKeysList()) {
        jwtKeys.add(
            new JwtKey(
                key.getKeyId(),
                bytes(key.getSpki()),
                UnixTime.parse(key.getExpiresAt()),
                state(key.getStateValue())));
      }
      return new TrustDocument(
          domain,
          wire.getSequence(),
          UnixTime.parse(wire.getIssuedAt()),
          UnixTime.parse(wire.getNextUpdate()),
          bytes(wire.getRootSpki()),
          authorities,
          bytes(wire.getRevocationKeysList()),
          bytes(wire.getNamingKeysList()),
          bytes(wire.getAuditKeysList()),
          jwtKeys,
          wire.getSuccessorRootSpki().isEmpty() ? null : bytes(wire.getSuccessorRootSpki()));
    } catch (InvalidProtocolBufferException
        | IllegalArgumentException
        | InvalidCertificateException e) {
      throw new InvalidDocumentException("trust document: " + e.getMessage(), e);
    }
  }

  static dev.alts.wire.handshake.v1.TrustDocument toWire(TrustDocument document) {
    var wire =
        dev.alts.wire.handshake.v1.TrustDocument.newBuilder()
            .setTrustDomain(document.trustDomain().name())
            .setSequence(document.sequence())
            .setIssuedAt(document.issuedAt().getEpochSecond())
            .setNextUpdate(document.nextUpdate().getEpochSecond())
            .setRootSpki(byteString(document.rootSpki()));
    for (IssuingAuthority authority : document.authorities()) {
      wire.addAuthorities(
          dev.alts.wire.handshake.v1.IssuingAuthority.newBuilder()
              .setCertificate(byteString(authority.certificate().der()))
              .setStateValue(authority.state().number())
              .setConstraint(toWire(authority.constraint())));
    }
    document.revocationKeys().forEach(key -> wire.addRevocationKeys(byteString(key)));
    document.namingKeys().forEach(key -> wire.addNamingKeys(byteString(key)));
    document.auditKeys().forEach(key -> wire.addAuditKeys(byteString(key)));
    for (JwtKey key : document.jwtKeys()) {
      wire.addJwtKeys(
          dev.alts.wire.handshake.v1.JwtKey.newBuilder()
              .setKeyId(key.keyId())
              .setSpki(byteString(key.spki()))
              .setExpiresAt(key.expiresAt().getEpochSecond())
              .setStateValue(key.state().number()));
    }
    Bytes successor = document.successorRootSpki();
    if (successor != null) {
      wire.setSuccessorRootSpki(byteString(successor));
    }
    return wire.build();
  }

  static AuthorityConstraint constraint(dev.alts.wire.handshake.v1.AuthorityConstraint wire) {
    Set<EntityKind> kinds = new HashSet<>();
    for (int number : wire.getKindsValueList()) {
      // A kind from a later version would be silently dropped and so widen an empty set.
      kinds.add(
          EntityKind.ofNumber(number)
              .orElseThrow(
                  () -> new IllegalArgumentException("constraint: kind %d".formatted(number))));
    }
    return new AuthorityConstraint(kinds, wire.getPathPrefixesList(), wire.getBoundariesList());
  }

  static dev.alts.wire.handshake.v1.AuthorityConstraint toWire(AuthorityConstraint constraint) {
    var wire =
        dev.alts.wire.handshake.v1.AuthorityConstraint.newBuilder()
            .addAllPathPrefixes(constraint.pathPrefixes())
            .addAllBoundaries(constraint.boundaries());
    constraint.kinds().stream().mapToInt(EntityKind::number).sorted().forEach(wire::addKindsValue);
    return wire.build();
  }

  private static IssuingAuthority authority(
      dev.alts.wire.handshake.v1.IssuingAuthority wire, TrustDomain domain)
      throws InvalidCertificateException {
    AuthorityCertificate certificate = AuthorityCertificate.parse(bytes(wire.getCertificate()));
    certificate.requireVouchesFor(domain);
    return new IssuingAuthority(
        certificate, state(wire.getStateValue()), constraint(wire.getConstraint()));
  }

  private static AuthorityState state(int number) {
    return AuthorityState.ofNumber(number)
        .orElseThrow(() -> new IllegalArgumentException("state %d".formatted(number)));
  }

  private static Bytes bytes(ByteString wire) {
    return Bytes.copyOf(wire.asReadOnlyByteBuffer());
  }

  private static List<Bytes> bytes(List<ByteString> wire) {
    return wire.stream().map(TrustDocumentCodec::bytes).toList();
  }

  private static ByteString byteString(Bytes bytes) {
    return ByteString.copyFrom(bytes.asByteBuffer());
  }
}
