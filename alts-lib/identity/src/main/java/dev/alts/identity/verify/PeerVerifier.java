package dev.alts.identity.verify;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.handshake.HandshakeCertificate;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.identity.x509.ChainValidator;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.Validity;
import dev.alts.wire.handshake.v1.Credential;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Verifies peers in the order of handshake.md section 2, and remembers successes: chains, and under
 * each at most 16 handshake certificates. What is remembered is bound to the context's id and the
 * role, and its times are looked at on every use. Thread-safe; one serves a whole process.
 */
public final class PeerVerifier {
  /** Chains that are remembered unless said otherwise. */
  public static final int DEFAULT_CACHED_CHAINS = 10_000;

  private static final int HANDSHAKE_CERTIFICATES_PER_MASTER = 16;

  private final EcdsaP256 ecdsa;
  private final ChainVerifier chains;
  private final BoundedCache<CachedChain> cache;

  public PeerVerifier(EcdsaP256 ecdsa, int maxCachedChains) {
    this.ecdsa = ecdsa;
    this.chains = new ChainVerifier(new ChainValidator(ecdsa));
    this.cache = new BoundedCache<>(maxCachedChains);
  }

  public PeerVerifier() {
    this(EcdsaP256.best(), DEFAULT_CACHED_CHAINS);
  }

  /** {@return which provider checks signatures, for the log} */
  public String signatureProviderName() {
    return ecdsa.providerName();
  }

  /** {@return the peer that this credential is about} That it holds the key is yet to be proven. */
  public VerifiedPeer verify(
      VerificationContext context, Credential credential, PeerRole peerRole, Instant now)
      throws PeerRejectedException {
    List<Bytes> chain =
        credential.getChainList().stream()
            .map(der -> Bytes.copyOf(der.asReadOnlyByteBuffer()))
            .toList();
    // (1) to (4)
    CachedChain master = chain(context, chain, peerRole, now);
    // (5) the handshake certificate's binding, window, signature
    Bytes encoded = Bytes.copyOf(credential.getHandshakeCertificate().asReadOnlyByteBuffer());
    Bytes key = key(master, encoded);
    Optional<HandshakeCertificate> known = master.handshakeCertificates.get(key);
    HandshakeCertificate certificate = known.isPresent() ? known.get() : verified(encoded, master);
    requireWindow(certificate, now);
    if (known.isEmpty()) {
      requireSignature(certificate, master);
      master.handshakeCertificates.put(key, certificate);
    }
    return new VerifiedPeer(
        master.chain.facts(), certificate.x25519PublicKey(), certificate.notAfter());
  }

  /**
   * {@return the peer of this chain alone (steps 1 to 4), for TLS} A master is refused: its key
   * signs handshake certificates and nothing else. Foreign software may leave AltsAttributes out,
   * and then can be revoked by subject and authority only; our own domain may not.
   *
   * @param chain DER, leaf first
   */
  public PeerFacts verifyChain(
      VerificationContext context, List<Bytes> chain, PeerRole peerRole, Instant now)
      throws PeerRejectedException {
    VerifiedChain verified = chain(context, chain, peerRole, now).chain;
    if (mayDelegate(verified)) {
      throw new PeerRejectedException(
          Reason.PROFILE, "%s: a master is not for TLS".formatted(verified.leaf().id()));
    }
    return verified.facts();
  }

  /**
   * Judges a peer again that was verified before, for an open channel: authority, constraint,
   * policy and revocation by today's state. The end of its certificate ends no channel by itself.
   */
  public void recheck(VerificationContext context, PeerFacts facts, PeerRole peerRole, Instant now)
      throws PeerRejectedException {
    Constraints.require(context, facts, authority(context, facts).constraint());
    Revocations.requireNotRevoked(context, facts);
  }

  /**
   * {@return whether what was verified rests on an authority that is tainted} It is still trusted,
   * and about to be withdrawn: what can be replaced should be.
   */
  public boolean restsOnTainted(VerificationContext context, PeerFacts facts)
      throws PeerRejectedException {
    return authority(context, facts).state() == AuthorityState.TAINTED;
  }

  /**
   * Judges the facts of a resumption ticket: as {@link #recheck}, and besides the revocation list
   * must be fit for something new, the master must not have ended, and its authority must not be
   * tainted: a session that goes on would carry the authority past its withdrawal and be cut then.
   */
  public void recheckForResumption(
      VerificationContext context, PeerFacts facts, PeerRole peerRole, Instant now)
      throws PeerRejectedException {
    recheck(context, facts, peerRole, now);
    Revocations.require(context, facts, now);
    if (restsOnTainted(context, facts)) {
      throw new PeerRejectedException(
          Reason.UNTRUSTED,
          "%s: the authority of its session is tainted (expected: a full handshake)"
              .formatted(facts.spiffeId()));
    }
    if (!now.isBefore(facts.masterNotAfter())) {
      throw new PeerRejectedException(
          Reason.EXPIRED, "master ended %s (now: %s)".formatted(facts.masterNotAfter(), now));
    }
  }

  private CachedChain chain(
      VerificationContext context, List<Bytes> chain, PeerRole peerRole, Instant now)
      throws PeerRejectedException {
    Bytes key = key(context, chain, peerRole);
    Optional<CachedChain> known = cache.get(key);
    if (known.isPresent()) {
      ChainVerifier.requireNow(known.get().chain.validity(), now);
      // The list is part of the context, its age is not.
      Revocations.require(context, known.get().chain.facts(), now);
      return known.get();
    }
    CachedChain verified = new CachedChain(key, chains.verify(context, chain, now));
    cache.put(key, verified);
    return verified;
  }

  private HandshakeCertificate verified(Bytes encoded, CachedChain master)
      throws PeerRejectedException {
    if (!mayDelegate(master.chain)) {
      throw new PeerRejectedException(
          Reason.NOT_A_MASTER, "%s: without mayDelegate".formatted(master.chain.leaf().id()));
    }
    HandshakeCertificate certificate;
    try {
      certificate = HandshakeCertificate.parse(encoded);
    } catch (InvalidCertificateException e) {
      throw new PeerRejectedException(Reason.MALFORMED, e.getMessage(), e);
    }
    try {
      certificate.requireBoundTo(master.chain.leaf());
    } catch (InvalidCertificateException e) {
      throw new PeerRejectedException(Reason.NOT_BOUND, e.getMessage(), e);
    }
    return certificate;
  }

  private static boolean mayDelegate(VerifiedChain chain) {
    return chain.leaf().attributes().map(AltsAttributes::mayDelegate).orElse(false);
  }

  private void requireSignature(HandshakeCertificate certificate, CachedChain master)
      throws PeerRejectedException {
    PublicKey key;
    try {
      key = ecdsa.decodePublicKey(master.chain.leaf().spki());
    } catch (IllegalArgumentException e) {
      throw new PeerRejectedException(Reason.NOT_A_MASTER, "master's key (expected: P-256)", e);
    }
    if (!certificate.isSignedBy(ecdsa, key)) {
      throw new PeerRejectedException(
          Reason.BAD_SIGNATURE, "handshake certificate: signature does not verify");
    }
  }

  private static void requireWindow(HandshakeCertificate certificate, Instant now)
      throws PeerRejectedException {
    ChainVerifier.requireNow(new Validity(certificate.notBefore(), certificate.notAfter()), now);
  }

  private static IssuingAuthority authority(VerificationContext context, PeerFacts facts)
      throws PeerRejectedException {
    List<Bytes> issuers = facts.authoritySpkiSha256();
    // No issuer means nothing to verify, and that is failure.
    if (issuers.isEmpty()) {
      throw new PeerRejectedException(
          Reason.UNTRUSTED, "%s: no authority is known of it".formatted(facts.spiffeId()));
    }
    return context
        .domain(facts.spiffeId().trustDomain())
        .flatMap(domain ->
            domain.trustDocument().authorities().stream()
                .filter(member -> member.certificate().spkiSha256().equals(issuers.getLast()))
                .findFirst())
        .orElseThrow(() ->
            new PeerRejectedException(
                Reason.UNTRUSTED,
                "%s: its authority is no longer in the trust document"
                    .formatted(facts.spiffeId())));
  }

  private static Bytes key(VerificationContext context, List<Bytes> chain, PeerRole peerRole) {
    MessageDigest digest = Sha256.newDigest();
    context.id().update(digest);
    digest.update((byte) (peerRole == PeerRole.CLIENT ? 0 : 1));
    for (Bytes der : chain) {
      digest.update(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(der.length()).array());
      der.update(digest);
    }
    return Bytes.adopt(digest.digest());
  }

  private static Bytes key(CachedChain master, Bytes handshakeCertificate) {
    MessageDigest digest = Sha256.newDigest();
    master.key.update(digest);
    handshakeCertificate.update(digest);
    return Bytes.adopt(digest.digest());
  }

  /** A verified chain with the handshake certificates made under its leaf. */
  private static final class CachedChain {
    private final Bytes key;
    private final VerifiedChain chain;
    private final BoundedCache<HandshakeCertificate> handshakeCertificates =
        new BoundedCache<>(HANDSHAKE_CERTIFICATES_PER_MASTER);

    private CachedChain(Bytes key, VerifiedChain chain) {
      this.key = key;
      this.chain = chain;
    }
  }
}
