package dev.alts.testing;

import com.google.protobuf.ByteString;
import dev.alts.wire.handshake.v1.AuthorityState;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.EntityKind;
import dev.alts.wire.handshake.v1.HandshakeCertificateBody;
import dev.alts.wire.handshake.v1.IssuingAuthority;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import dev.alts.wire.handshake.v1.NamingPolicy;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevocationList;
import dev.alts.wire.handshake.v1.SignedDocument;
import dev.alts.wire.handshake.v1.SignedHandshakeCertificate;
import dev.alts.wire.handshake.v1.TrustDocument;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A whole trust domain for tests: root, one issuing authority per kind, certificates, handshake
 * certificates and signed documents, good or broken on purpose. Made with BouncyCastle and the wire
 * messages alone. Times are relative to the {@code now} it was made with.
 */
public final class TestTrustDomain {
  private final String name;
  private final Instant now;
  private final KeyPair root = TestKeys.p256();
  private final KeyPair revocationKey = TestKeys.p256();
  private final KeyPair namingKey = TestKeys.p256();
  private final KeyPair auditKey = TestKeys.p256();
  private final Map<EntityKind, TestAuthority> authorities = new EnumMap<>(EntityKind.class);
  private final AtomicLong revocationIds = new AtomicLong(1);

  private TestTrustDomain(String name, Instant now) {
    this.name = name;
    this.now = now;
    for (EntityKind kind : List.of(EntityKind.MACHINE, EntityKind.WORKLOAD, EntityKind.HUMAN)) {
      String commonName = name + " " + kind.name().toLowerCase(Locale.ROOT);
      authorities.put(
          kind, TestAuthority.selfSigned(commonName, name, now, request -> request.ca(0)));
    }
  }

  /** {@return a new trust domain} Sub-second parts of {@code now} are dropped. */
  public static TestTrustDomain of(String name, Instant now) {
    return new TestTrustDomain(name, Instant.ofEpochSecond(now.getEpochSecond()));
  }

  public String name() {
    return name;
  }

  public Instant now() {
    return now;
  }

  /** {@return {@code spiffe://name/path}} */
  public String id(String path) {
    return "spiffe://" + name + path;
  }

  public KeyPair root() {
    return root;
  }

  /** {@return what verifiers pin} */
  public byte[] rootSha256() {
    return TestKeys.sha256(TestKeys.spki(root));
  }

  public KeyPair revocationKey() {
    return revocationKey;
  }

  public KeyPair namingKey() {
    return namingKey;
  }

  public KeyPair auditKey() {
    return auditKey;
  }

  public TestAuthority authority(EntityKind kind) {
    TestAuthority authority = authorities.get(kind);
    if (authority == null) {
      throw new IllegalArgumentException("no authority for " + kind);
    }
    return authority;
  }

  /** {@return a good master: kind by path, boundary "dc1", machine "m-1", its own revocation id} */
  public TestSvid master(String path) {
    return svid(path, attributes(path), request -> {});
  }

  public TestSvid master(String path, String boundary, String machine) {
    return svid(path, attributes(path).withBoundary(boundary).withMachine(machine), request -> {});
  }

  /** {@return a good SVID for TLS: as a master, without mayDelegate} */
  public TestSvid tls(String path) {
    return svid(path, attributes(path).withMayDelegate(false), request -> {});
  }

  /** {@return a certificate by the authority for the path's kind, with whatever the knobs break} */
  public TestSvid svid(String path, TestAttributes attributes, Consumer<CertificateRequest> knobs) {
    return authority(kindOf(path))
        .issue(
            id(path),
            request -> {
              request.attributes(attributes);
              knobs.accept(request);
            });
  }

  /** {@return good attributes for the path} */
  public TestAttributes attributes(String path) {
    return new TestAttributes(
        kindOf(path).getNumber(), "dc1", "m-1", revocationIds.getAndIncrement(), now, true);
  }

  /** {@return a good credential: a handshake certificate for this X25519 key under the master} */
  public Credential credential(TestSvid master, byte[] x25519PublicKey) {
    return credential(master, x25519PublicKey, body -> {});
  }

  public Credential credential(
      TestSvid master, byte[] x25519PublicKey, Consumer<HandshakeCertificateBody.Builder> knobs) {
    HandshakeCertificateBody.Builder body =
        HandshakeCertificateBody.newBuilder()
            .setSpiffeId(master.spiffeId())
            .setX25519PublicKey(ByteString.copyFrom(x25519PublicKey))
            .setNotBefore(now.minusSeconds(60).getEpochSecond())
            .setNotAfter(now.plusSeconds(3000).getEpochSecond())
            .setMasterSha256(ByteString.copyFrom(TestKeys.sha256(master.certificate())));
    knobs.accept(body);
    byte[] bytes = body.build().toByteArray();
    byte[] signature =
        TestKeys.sign(
            master.privateKey(),
            TestDocuments.signatureInput(TestDocuments.HANDSHAKE_CERTIFICATE, bytes));
    Credential.Builder credential =
        Credential.newBuilder()
            .setHandshakeCertificate(
                SignedHandshakeCertificate.newBuilder()
                    .setBody(ByteString.copyFrom(bytes))
                    .setSignature(ByteString.copyFrom(signature))
                    .build()
                    .toByteString());
    master.chain().forEach(der -> credential.addChain(ByteString.copyFrom(der)));
    return credential.build();
  }

  /** {@return the trust document, sequence 1, one unconstrained authority per kind} */
  public SignedDocument trustDocument() {
    return trustDocument(document -> {});
  }

  public SignedDocument trustDocument(Consumer<TrustDocument.Builder> knobs) {
    TrustDocument.Builder document =
        TrustDocument.newBuilder()
            .setTrustDomain(name)
            .setSequence(1)
            .setIssuedAt(now.getEpochSecond())
            .setNextUpdate(now.plus(Duration.ofDays(1)).getEpochSecond())
            .setRootSpki(ByteString.copyFrom(TestKeys.spki(root)))
            .addRevocationKeys(ByteString.copyFrom(TestKeys.spki(revocationKey)))
            .addNamingKeys(ByteString.copyFrom(TestKeys.spki(namingKey)))
            .addAuditKeys(ByteString.copyFrom(TestKeys.spki(auditKey)));
    authorities.values().forEach(authority -> document.addAuthorities(member(authority)));
    knobs.accept(document);
    return TestDocuments.sign(TestDocuments.TRUST_DOCUMENT, document.build().toByteArray(), root);
  }

  /** {@return how an authority appears in a trust document: active, unconstrained} */
  public static IssuingAuthority.Builder member(TestAuthority authority) {
    return IssuingAuthority.newBuilder()
        .setCertificate(ByteString.copyFrom(authority.certificate()))
        .setState(AuthorityState.ACTIVE);
  }

  /** {@return a fresh revocation list with these entries} */
  public SignedDocument revocationList(long counter, RevocationEntry... entries) {
    return revocationList(list -> list.setCounter(counter).addAllEntries(List.of(entries)));
  }

  public SignedDocument revocationList(Consumer<RevocationList.Builder> knobs) {
    RevocationList.Builder list =
        RevocationList.newBuilder()
            .setTrustDomain(name)
            .setTrustDocumentSequence(1)
            .setCounter(1)
            .setIssuedAt(now.getEpochSecond())
            .setFreshForSeconds(300)
            .setValidUntil(now.plus(Duration.ofDays(1)).getEpochSecond());
    knobs.accept(list);
    return TestDocuments.sign(
        TestDocuments.REVOCATION_LIST, list.build().toByteArray(), revocationKey);
  }

  /** {@return a naming policy in this mode} */
  public SignedDocument namingPolicy(NamingMode mode, NamingEntry... entries) {
    return namingPolicy(policy -> policy.setMode(mode).addAllEntries(List.of(entries)));
  }

  public SignedDocument namingPolicy(Consumer<NamingPolicy.Builder> knobs) {
    NamingPolicy.Builder policy =
        NamingPolicy.newBuilder()
            .setTrustDomain(name)
            .setVersion(1)
            .setIssuedAt(now.getEpochSecond())
            .setMode(NamingMode.STRICT);
    knobs.accept(policy);
    return TestDocuments.sign(TestDocuments.NAMING_POLICY, policy.build().toByteArray(), namingKey);
  }

  private static EntityKind kindOf(String path) {
    if (path.equals("/ca") || path.startsWith("/machine/")) {
      return EntityKind.MACHINE;
    }
    return path.startsWith("/human/") ? EntityKind.HUMAN : EntityKind.WORKLOAD;
  }
}
