package dev.alts.ca.authority;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.ChainValidator;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.StrictCertificate;
import dev.alts.identity.x509.Validity;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether plain-TLS users who trust an upstream CA's root would accept what an authority issues, if
 * it came with the offered certificates. Better refused here than by them.
 */
final class UpstreamRules {
  private static final String POLICY_CONSTRAINTS = "2.5.29.36";

  private final CaSettings settings;
  private final ExemplaryLeaf leaf;
  private final ChainValidator validator;

  UpstreamRules(CaSettings settings, ExemplaryLeaf leaf) {
    this.settings = settings;
    this.leaf = leaf;
    this.validator = new ChainValidator(EcdsaP256.best());
  }

  /**
   * {@return when the first of the offered certificates ends}
   *
   * @throws IllegalArgumentException if they would not be accepted; the message says why
   */
  Instant require(UpstreamOffer offer, AuthorityCertificate authority, Instant now) {
    try {
      // 1. It is this authority's key under this authority's name, as its leaves say both.
      requireSameAuthority(offer.issuers().getFirst(), authority.certificate());
      // 2. The rest is a path to the root, and a leaf of ours would be accepted under all of it.
      requireNoPolicies(offer);
      Validity validity =
          validator.validateIssuers(leaf.of(authority, now), offer.issuers(), offer.root());
      // 3. It is good now and for as long as the longest leaf that is issued now.
      requireTime(validity, now);
      return validity.notAfter();
    } catch (InvalidCertificateException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireSameAuthority(StrictCertificate first, StrictCertificate authority)
      throws InvalidCertificateException {
    if (!first.spki().equals(authority.spki())) {
      throw new InvalidCertificateException("chain: the first certificate is not of this key");
    }
    // Byte by byte: some verifiers compare names like this (Go's), whatever RFC 5280 7.1 allows.
    if (!first.subject().equals(authority.subject())) {
      throw new InvalidCertificateException(
          "chain: subject of the first certificate (expected: the request's, byte by byte: %s)"
              .formatted(authority.x509().getSubjectX500Principal().getName()));
    }
    if (!first.subjectKeyIdentifier().equals(authority.subjectKeyIdentifier())) {
      throw new InvalidCertificateException(
          "chain: subject key identifier of the first certificate (expected: the request's)");
    }
    if (first.issuer().equals(first.subject())) {
      throw new InvalidCertificateException(
          "chain: the first certificate is issued by itself (expected: by an upstream CA)");
    }
  }

  /** Leaves carry no policies, so a path that demands one (RFC 5280 4.2.1.11) ends nowhere. */
  private static void requireNoPolicies(UpstreamOffer offer) throws InvalidCertificateException {
    for (StrictCertificate issuer : offer.issuers()) {
      if (issuer.x509().getExtensionValue(POLICY_CONSTRAINTS) != null) {
        throw new InvalidCertificateException(
            "chain: policy constraints (expected: none, since SVIDs carry no policies)");
      }
    }
  }

  private void requireTime(Validity validity, Instant now) throws InvalidCertificateException {
    Duration longest = settings.lifetimes().workloadLimit();
    if (validity.notBefore().isAfter(now)) {
      throw new InvalidCertificateException(
          "chain: not valid before %s, now is %s".formatted(validity.notBefore(), now));
    }
    if (validity.notAfter().isBefore(now.plus(longest))) {
      throw new InvalidCertificateException(
          "chain: ends at %s (expected: not before the longest leaf that is issued now, %s)"
              .formatted(validity.notAfter(), now.plus(longest)));
    }
  }
}
