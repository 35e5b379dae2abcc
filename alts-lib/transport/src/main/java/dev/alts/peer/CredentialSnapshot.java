package dev.alts.peer;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.VerificationContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one party needs for handshakes, all of one moment: own credential, whom it
 * trusts, and the policies that bind it. Immutable, so a handshake never sees half of a rotation.
 *
 * <p>Holds secrets and does not print them. Secrets are not wiped on replacement, since a handshake
 * may still use them; they end with the collector.
 */
public final class CredentialSnapshot {
  private final PeerFacts self;
  private final Bytes handshakeCertificate;
  private final List<Bytes> chain;
  private final SecretBytes x25519PrivateKey;
  private final Instant handshakeNotAfter;
  private final VerificationContext verificationContext;
  private final @Nullable NamingPolicy namingPolicy;
  private final RecordPolicy recordPolicy;
  private final List<ResumptionKey> resumptionKeys;
  private final boolean allowSymmetricResumption;
  private final Duration maxChannelLife;
  private final boolean endChannelsWithPeerCertificate;

  private CredentialSnapshot(Builder builder) {
    this.self = Objects.requireNonNull(builder.self, "self");
    this.handshakeCertificate =
        Objects.requireNonNull(builder.handshakeCertificate, "handshakeCertificate");
    this.chain = List.copyOf(builder.chain);
    this.x25519PrivateKey = Objects.requireNonNull(builder.x25519PrivateKey, "x25519PrivateKey");
    this.handshakeNotAfter = Objects.requireNonNull(builder.handshakeNotAfter, "handshakeNotAfter");
    this.verificationContext =
        Objects.requireNonNull(builder.verificationContext, "verificationContext");
    this.namingPolicy = builder.namingPolicy;
    this.recordPolicy = builder.recordPolicy;
    this.resumptionKeys = List.copyOf(builder.resumptionKeys);
    this.allowSymmetricResumption = builder.allowSymmetricResumption;
    this.maxChannelLife = builder.maxChannelLife;
    this.endChannelsWithPeerCertificate = builder.endChannelsWithPeerCertificate;
    if (x25519PrivateKey.length() != 32) {
      throw new IllegalArgumentException(
          "X25519 private key: %d bytes (expected: 32)".formatted(x25519PrivateKey.length()));
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /** {@return what our own certificate says about us} */
  public PeerFacts self() {
    return self;
  }

  public SpiffeId id() {
    return self.spiffeId();
  }

  /** {@return the encoded SignedHandshakeCertificate} */
  public Bytes handshakeCertificate() {
    return handshakeCertificate;
  }

  /** {@return DER certificates, master first, no authority} */
  public List<Bytes> chain() {
    return chain;
  }

  /** {@return the private key of the handshake certificate, which stays owned by this object} */
  public SecretBytes x25519PrivateKey() {
    return x25519PrivateKey;
  }

  public Instant handshakeNotAfter() {
    return handshakeNotAfter;
  }

  public VerificationContext verificationContext() {
    return verificationContext;
  }

  /** {@return the naming policy of the own trust domain; null: none was published} */
  public @Nullable NamingPolicy namingPolicy() {
    return namingPolicy;
  }

  public RecordPolicy recordPolicy() {
    return recordPolicy;
  }

  /** {@return keys for tickets, newest first; empty: resumption as a server is off} */
  public List<ResumptionKey> resumptionKeys() {
    return resumptionKeys;
  }

  /** {@return whether resumption without forward secrecy is allowed here} */
  public boolean allowSymmetricResumption() {
    return allowSymmetricResumption;
  }

  public Duration maxChannelLife() {
    return maxChannelLife;
  }

  /**
   * {@return whether the end of the peer's certificate ends the channel} If not, only its longest
   * life and revocation do.
   */
  public boolean endChannelsWithPeerCertificate() {
    return endChannelsWithPeerCertificate;
  }

  @Override
  public String toString() {
    return "CredentialSnapshot[%s, until %s, secrets redacted]"
        .formatted(self.spiffeId(), handshakeNotAfter);
  }

  /**
   * {@return the same, but of the record protocols of its policy only {@code supported}} For a user
   * that cannot speak them all. Shares the secrets of this one.
   */
  public CredentialSnapshot withRecordProtocols(Collection<String> supported) {
    return builder()
        .self(self)
        .credential(handshakeCertificate, chain)
        .x25519PrivateKey(x25519PrivateKey, handshakeNotAfter)
        .verificationContext(verificationContext)
        .namingPolicy(namingPolicy)
        .recordPolicy(recordPolicy.retaining(supported))
        .resumptionKeys(resumptionKeys)
        .allowSymmetricResumption(allowSymmetricResumption)
        .maxChannelLife(maxChannelLife)
        .endChannelsWithPeerCertificate(endChannelsWithPeerCertificate)
        .build();
  }

  /** Collects the parts; everything without a default here is required. */
  public static final class Builder {
    private @Nullable PeerFacts self;
    private @Nullable Bytes handshakeCertificate;
    private List<Bytes> chain = List.of();
    private @Nullable SecretBytes x25519PrivateKey;
    private @Nullable Instant handshakeNotAfter;
    private @Nullable VerificationContext verificationContext;
    private @Nullable NamingPolicy namingPolicy;
    private RecordPolicy recordPolicy = RecordPolicy.DEFAULT;
    private List<ResumptionKey> resumptionKeys = List.of();
    private boolean allowSymmetricResumption;
    private Duration maxChannelLife = Duration.ofHours(24);
    private boolean endChannelsWithPeerCertificate;

    private Builder() {}

    public Builder self(PeerFacts facts) {
      this.self = facts;
      return this;
    }

    /** Sets the encoded SignedHandshakeCertificate and the chain in DER, master first. */
    public Builder credential(Bytes handshakeCertificate, List<Bytes> chain) {
      this.handshakeCertificate = handshakeCertificate;
      this.chain = chain;
      return this;
    }

    /** Takes ownership of the private key of the handshake certificate, which ends then. */
    public Builder x25519PrivateKey(SecretBytes privateKey, Instant handshakeNotAfter) {
      this.x25519PrivateKey = privateKey;
      this.handshakeNotAfter = handshakeNotAfter;
      return this;
    }

    public Builder verificationContext(VerificationContext context) {
      this.verificationContext = context;
      return this;
    }

    public Builder namingPolicy(@Nullable NamingPolicy policy) {
      this.namingPolicy = policy;
      return this;
    }

    public Builder recordPolicy(RecordPolicy policy) {
      this.recordPolicy = policy;
      return this;
    }

    /** Takes ownership of the keys, newest first. */
    public Builder resumptionKeys(List<ResumptionKey> keys) {
      this.resumptionKeys = keys;
      return this;
    }

    public Builder allowSymmetricResumption(boolean allowed) {
      this.allowSymmetricResumption = allowed;
      return this;
    }

    public Builder maxChannelLife(Duration life) {
      this.maxChannelLife = life;
      return this;
    }

    public Builder endChannelsWithPeerCertificate(boolean end) {
      this.endChannelsWithPeerCertificate = end;
      return this;
    }

    public CredentialSnapshot build() {
      return new CredentialSnapshot(this);
    }
  }
}
