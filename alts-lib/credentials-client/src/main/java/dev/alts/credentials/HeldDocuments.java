package dev.alts.credentials;

import com.google.protobuf.ByteString;
import dev.alts.api.credentials.v1.TrustedDomain;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The verified signed documents of the last good snapshot: what the next one is held against, so
 * that an agent that restarts with older files takes nobody back (handshake.md sections 2 and 7).
 * Documents that did not change are not verified again. Immutable.
 */
final class HeldDocuments {
  private final Map<TrustDomain, Domain> domains;
  private final @Nullable Naming naming;

  private record Domain(
      SignedDocument signedTrust,
      TrustDocument trust,
      @Nullable SignedDocument signedList,
      @Nullable RevocationList list) {}

  private record Naming(SignedDocument signed, TrustDocument trust, NamingPolicy policy) {}

  private HeldDocuments(Map<TrustDomain, Domain> domains, @Nullable Naming naming) {
    this.domains = Map.copyOf(domains);
    this.naming = naming;
  }

  static HeldDocuments none() {
    return new HeldDocuments(Map.of(), null);
  }

  /** {@return what is held of one domain, if anything} */
  Optional<dev.alts.identity.verify.TrustedDomain> domain(TrustDomain name) {
    return Optional.ofNullable(domains.get(name))
        .map(held -> new dev.alts.identity.verify.TrustedDomain(held.trust(), held.list()));
  }

  Optional<NamingPolicy> naming() {
    return Optional.ofNullable(naming).map(Naming::policy);
  }

  /** {@return these documents with what {@code wire} brings of one domain} */
  HeldDocuments with(TrustedDomain wire) throws InvalidDocumentException {
    TrustDomain name = new TrustDomain(wire.getTrustDomain());
    Domain held = domains.get(name);
    TrustDocument trust = trust(wire, held);
    if (!trust.trustDomain().equals(name)) {
      throw new InvalidDocumentException(
          "trust document: of %s (expected: %s)".formatted(trust.trustDomain(), name));
    }
    Map<TrustDomain, Domain> next = new HashMap<>(domains);
    next.put(name, withList(wire, trust, held));
    return new HeldDocuments(next, naming);
  }

  /** {@return these documents with the naming policy of the own domain, if it is newer} */
  HeldDocuments withNaming(SignedDocument signed, TrustDocument own)
      throws InvalidDocumentException {
    if (naming != null && naming.signed().equals(signed) && naming.trust().equals(own)) {
      return this;
    }
    NamingPolicy policy = NamingPolicy.open(signed, own);
    boolean older = naming != null && policy.version() < naming.policy().version();
    return older ? this : new HeldDocuments(domains, new Naming(signed, own, policy));
  }

  private static TrustDocument trust(TrustedDomain wire, @Nullable Domain held)
      throws InvalidDocumentException {
    SignedDocument signed = wire.getTrustDocument();
    if (held == null) {
      return TrustDocument.open(signed, pinned(wire));
    }
    return held.signedTrust().equals(signed)
        ? held.trust()
        : Succession.follow(held.trust(), wire.getBridgesList(), signed);
  }

  private static RootFingerprint pinned(TrustedDomain wire) throws InvalidDocumentException {
    try {
      return new RootFingerprint(bytes(wire.getRootSpkiSha256()));
    } catch (IllegalArgumentException e) {
      throw new InvalidDocumentException("pinned root fingerprint: (expected: 32 bytes)", e);
    }
  }

  private static Domain withList(TrustedDomain wire, TrustDocument trust, @Nullable Domain held)
      throws InvalidDocumentException {
    RevocationList heldList = held == null ? null : held.list();
    SignedDocument heldSigned = held == null ? null : held.signedList();
    if (!wire.hasRevocationList()) {
      // a domain that has published a list once always has one: absence takes nothing back
      return new Domain(wire.getTrustDocument(), trust, heldSigned, heldList);
    }
    SignedDocument signed = wire.getRevocationList();
    boolean unchanged = held != null && signed.equals(heldSigned) && held.trust().equals(trust);
    RevocationList list =
        unchanged && heldList != null ? heldList : RevocationList.open(signed, trust);
    if (heldList != null && heldList.isNewerThan(list)) {
      return new Domain(wire.getTrustDocument(), trust, heldSigned, heldList);
    }
    return new Domain(wire.getTrustDocument(), trust, signed, list);
  }

  private static Bytes bytes(ByteString value) {
    return Bytes.copyOf(value.asReadOnlyByteBuffer());
  }
}
