package dev.alts.credentials;

import com.google.protobuf.ByteString;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.TrustedDomain;
import dev.alts.api.policy.v1.ForeignDomain;
import dev.alts.api.policy.v1.RevocationPolicy;
import dev.alts.crypto.X25519;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.UnixTime;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.verify.ForeignDomainPolicy;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.StaleRevocation;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.identity.verify.VerifiedPeer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.ResumptionKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns snapshots of the Credentials API into what the library uses, and refuses what does not
 * verify: the own trust document under its pinned root, the own credential as a peer would verify
 * it, and that the private key is the one in it. A foreign trust domain whose documents do not
 * verify is left out, so that its trouble is not ours.
 *
 * <p>Not thread-safe; confined to the connection's thread.
 */
public final class SnapshotReader {
  private static final Logger log = LoggerFactory.getLogger(SnapshotReader.class);
  private static final Duration DEFAULT_CHANNEL_LIFE = Duration.ofHours(24);

  private final PeerVerifier verifier;
  private final InstantSource clock;
  private HeldDocuments held = HeldDocuments.none();

  public SnapshotReader(PeerVerifier verifier, InstantSource clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  public dev.alts.peer.CredentialSnapshot read(CredentialSnapshot wire)
      throws InvalidSnapshotException {
    try {
      // 1. own documents, then foreign ones
      TrustDomain own = SpiffeId.parse(wire.getSpiffeId()).trustDomain();
      HeldDocuments next = documents(wire, own);
      VerificationContext context = context(wire, own, next);
      // 2. own credential
      VerifiedPeer self = verifySelf(wire, own, next);
      requireSame(wire, self.facts());
      SecretBytes privateKey = privateKey(wire, self);
      dev.alts.peer.CredentialSnapshot snapshot =
          dev.alts.peer.CredentialSnapshot.builder()
              .self(self.facts())
              .credential(
                  bytes(wire.getCredential().getHandshakeCertificate()),
                  wire.getCredential().getChainList().stream().map(SnapshotReader::bytes).toList())
              .x25519PrivateKey(privateKey, self.handshakeNotAfter())
              .verificationContext(context)
              .namingPolicy(next.naming().orElse(null))
              .recordPolicy(recordPolicy(wire.getRecordPolicy()))
              .resumptionKeys(resumptionKeys(wire, self.facts().kind()))
              .allowSymmetricResumption(wire.getAllowSymmetricResumption())
              .maxChannelLife(maxChannelLife(wire.getRevocationPolicy()))
              .endChannelsWithPeerCertificate(
                  wire.getRevocationPolicy().getEndChannelsWithPeerCertificate())
              .build();
      held = next;
      return snapshot;
    } catch (InvalidDocumentException | IllegalArgumentException e) {
      throw new InvalidSnapshotException("snapshot %s".formatted(wire.getSpiffeId()), e);
    }
  }

  private HeldDocuments documents(CredentialSnapshot wire, TrustDomain own)
      throws InvalidDocumentException, InvalidSnapshotException {
    if (wire.getDomainsCount() == 0 || !wire.getDomains(0).getTrustDomain().equals(own.name())) {
      throw new InvalidSnapshotException(
          "domains (expected: the own one, %s, first)".formatted(own));
    }
    HeldDocuments next = held.with(wire.getDomains(0));
    if (wire.hasNamingPolicy()) {
      next =
          next.withNaming(wire.getNamingPolicy(), next.domain(own).orElseThrow().trustDocument());
    }
    for (TrustedDomain foreign : wire.getDomainsList().subList(1, wire.getDomainsCount())) {
      try {
        next = next.with(foreign);
      } catch (InvalidDocumentException | IllegalArgumentException e) {
        log.error(
            "foreign trust domain left out trustDomain={} reason=\"{}\"",
            foreign.getTrustDomain(),
            e.getMessage());
      }
    }
    return next;
  }

  private static VerificationContext context(
      CredentialSnapshot wire, TrustDomain own, HeldDocuments documents) {
    List<dev.alts.identity.verify.TrustedDomain> trusted = new ArrayList<>();
    for (TrustedDomain domain : wire.getDomainsList()) {
      documents.domain(new TrustDomain(domain.getTrustDomain())).ifPresent(trusted::add);
    }
    Map<TrustDomain, AuthorityConstraint> foreign = new HashMap<>();
    for (ForeignDomain domain : wire.getForeignDomainPolicy().getDomainsList()) {
      foreign.put(
          new TrustDomain(domain.getTrustDomain()),
          AuthorityConstraint.fromWire(domain.getConstraint()));
    }
    return VerificationContext.of(
        own, trusted, new ForeignDomainPolicy(foreign), whenStale(wire.getRevocationPolicy()));
  }

  /**
   * As a peer would verify it, but without revocation: that ours is revoked must not keep us from
   * learning who else is.
   */
  private VerifiedPeer verifySelf(CredentialSnapshot wire, TrustDomain own, HeldDocuments documents)
      throws InvalidSnapshotException {
    VerificationContext withoutRevocation =
        VerificationContext.ofOwn(
            new dev.alts.identity.verify.TrustedDomain(
                documents.domain(own).orElseThrow().trustDocument(), null));
    try {
      return verifier.verify(
          withoutRevocation, wire.getCredential(), PeerRole.CLIENT, clock.instant());
    } catch (PeerRejectedException e) {
      throw new InvalidSnapshotException("own credential", e);
    }
  }

  /** What the agent says about us is what our certificate says. */
  private static void requireSame(CredentialSnapshot wire, PeerFacts facts)
      throws InvalidSnapshotException {
    boolean same =
        facts.spiffeId().toString().equals(wire.getSpiffeId())
            && facts.kind().number() == wire.getKindValue()
            && facts.boundary().equals(wire.getBoundary())
            && facts.machine().equals(wire.getMachine())
            && facts.revocationId().value() == wire.getRevocationId();
    if (!same) {
      throw new InvalidSnapshotException(
          "own credential: certificate of %s (expected: what the snapshot says)"
              .formatted(facts.spiffeId()));
    }
  }

  private static SecretBytes privateKey(CredentialSnapshot wire, VerifiedPeer self)
      throws InvalidSnapshotException {
    byte[] privateKey = wire.getX25519PrivateKey().toByteArray();
    byte[] publicKey = X25519.available().getFirst().publicKey(privateKey);
    if (!Bytes.copyOf(publicKey).equals(self.x25519PublicKey())) {
      Arrays.fill(privateKey, (byte) 0);
      throw new InvalidSnapshotException(
          "private key (expected: the one of the handshake certificate)");
    }
    return SecretBytes.adopt(privateKey);
  }

  private static List<ResumptionKey> resumptionKeys(CredentialSnapshot wire, EntityKind kind) {
    if (kind == EntityKind.HUMAN) {
      // humans accept no connections: they have no tickets to seal (handshake.md section 2)
      return List.of();
    }
    return wire.getResumptionKeysList().stream()
        .map(key ->
            new ResumptionKey(
                SecretBytes.adopt(key.getKey().toByteArray()),
                key.getGeneration(),
                UnixTime.parse(key.getCreatedAt()),
                UnixTime.parse(key.getSealsUntil()),
                UnixTime.parse(key.getOpensUntil())))
        .toList();
  }

  private static RecordPolicy recordPolicy(dev.alts.api.policy.v1.RecordPolicy wire) {
    List<String> protocols =
        wire.getRecordProtocolsCount() == 0
            ? RecordPolicy.DEFAULT.recordProtocols()
            : wire.getRecordProtocolsList();
    boolean unsaid = wire.getRecordProtocolsCount() == 0;
    return new RecordPolicy(protocols, unsaid || wire.getRequirePrivacy());
  }

  private static StaleRevocation whenStale(RevocationPolicy wire) {
    return switch (wire.getWhenStale()) {
      case REFUSE_NEW -> StaleRevocation.REFUSE_NEW;
      case KEEP_SERVING, STALE_REVOCATION_UNSPECIFIED -> StaleRevocation.KEEP_SERVING;
      case UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "revocation policy: when_stale %d".formatted(wire.getWhenStaleValue()));
    };
  }

  private static Duration maxChannelLife(RevocationPolicy wire) {
    long seconds = Integer.toUnsignedLong(wire.getMaxChannelLifeSeconds());
    return seconds == 0 ? DEFAULT_CHANNEL_LIFE : Duration.ofSeconds(seconds);
  }

  private static Bytes bytes(ByteString value) {
    return Bytes.copyOf(value.asReadOnlyByteBuffer());
  }
}
