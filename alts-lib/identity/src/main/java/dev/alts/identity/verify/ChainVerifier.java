package dev.alts.identity.verify;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.identity.x509.ChainValidator;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.StrictCertificate;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.identity.x509.Validity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps 1 to 4 of handshake.md section 2: everything but the handshake certificate. Stateless. */
final class ChainVerifier {
  private static final int MAX_FOREIGN_CHAIN = 4;

  private final ChainValidator validator;

  ChainVerifier(ChainValidator validator) {
    this.validator = validator;
  }

  VerifiedChain verify(VerificationContext context, List<Bytes> chain, Instant now)
      throws PeerRejectedException {
    // (1) counts, sizes, times
    requireSizes(chain);
    List<StrictCertificate> certificates = parse(chain);
    SvidCertificate leaf = svid(certificates.getFirst());
    boolean foreign = !leaf.id().isMemberOf(context.ownDomain());
    if (!foreign && chain.size() != 1) {
      throw new PeerRejectedException(
          Reason.MALFORMED,
          "chain of %d certificates (expected: 1 in the own trust domain)".formatted(chain.size()));
    }
    for (StrictCertificate certificate : certificates) {
      requireNow(Validity.of(certificate), now);
    }

    // (2) path to an authority of the leaf's own trust domain; the SVID's form was checked above
    TrustedDomain domain =
        context
            .domain(leaf.id().trustDomain())
            .orElseThrow(() ->
                new PeerRejectedException(
                    Reason.UNKNOWN_TRUST_DOMAIN,
                    "%s: no trust document".formatted(leaf.id().trustDomain())));
    Path path = path(certificates, domain);
    requireNow(path.validity, now);
    PeerFacts facts = facts(leaf, foreign, path.issuers);

    // (3) what the authority, and for a foreign domain our own CA, lets it vouch for
    Constraints.require(context, facts, path.authority.constraint());

    // (4) revocation; a foreign domain's own list may well speak of its machines
    Revocations.require(context, statedFacts(facts, leaf), now);
    return new VerifiedChain(facts, leaf, path.validity);
  }

  private record Path(IssuingAuthority authority, List<Bytes> issuers, Validity validity) {}

  private Path path(List<StrictCertificate> certificates, TrustedDomain domain)
      throws PeerRejectedException {
    StrictCertificate last = certificates.getLast();
    PeerRejectedException failure =
        new PeerRejectedException(
            Reason.UNTRUSTED,
            "no authority of %s has the issuer's key identifier".formatted(domain.name()));
    for (IssuingAuthority authority : domain.trustDocument().authorities()) {
      Optional<Bytes> wanted = last.authorityKeyIdentifier();
      if (wanted.isPresent() && !wanted.equals(authority.certificate().subjectKeyIdentifier())) {
        continue;
      }
      try {
        Validity validity = validator.validate(certificates, authority.certificate());
        List<Bytes> issuers = new ArrayList<>();
        certificates.stream().skip(1).forEach(issuer -> issuers.add(issuer.spkiSha256()));
        issuers.add(authority.certificate().spkiSha256());
        return new Path(authority, issuers, validity);
      } catch (InvalidCertificateException e) {
        failure =
            new PeerRejectedException(Reason.UNTRUSTED, domain.name() + ": " + e.getMessage(), e);
      }
    }
    throw failure;
  }

  private static PeerFacts facts(SvidCertificate leaf, boolean foreign, List<Bytes> issuers)
      throws PeerRejectedException {
    SpiffeId id = leaf.id();
    EntityKind kind =
        EntityKind.ofPath(id)
            .orElseThrow(() ->
                new PeerRejectedException(
                    Reason.KIND_AND_PATH_DISAGREE, "%s: nobody has this path".formatted(id)));
    Optional<AltsAttributes> attributes = leaf.attributes();
    if (attributes.isEmpty()) {
      if (!foreign) {
        throw new PeerRejectedException(
            Reason.PROFILE, "%s: no AltsAttributes, though of our own domain".formatted(id));
      }
      return new PeerFacts(
          id, kind, "", "", new RevocationId(0), leaf.notBefore(), issuers, leaf.notAfter());
    }
    AltsAttributes stated = attributes.get();
    if (stated.kind() != kind) {
      throw new PeerRejectedException(
          Reason.KIND_AND_PATH_DISAGREE,
          "%s: states %s (expected: %s by its path)".formatted(id, stated.kind(), kind));
    }
    return new PeerFacts(
        id,
        kind,
        foreign ? "" : stated.boundary(),
        foreign ? "" : stated.machine(),
        stated.revocationId(),
        stated.issuedAt(),
        issuers,
        leaf.notAfter());
  }

  private static PeerFacts statedFacts(PeerFacts facts, SvidCertificate leaf) {
    return new PeerFacts(
        facts.spiffeId(),
        facts.kind(),
        facts.boundary(),
        leaf.attributes().map(AltsAttributes::machine).orElse(""),
        facts.revocationId(),
        facts.issuedAt(),
        facts.authoritySpkiSha256(),
        facts.masterNotAfter());
  }

  private static void requireSizes(List<Bytes> chain) throws PeerRejectedException {
    int total = chain.stream().mapToInt(Bytes::length).sum();
    if (chain.isEmpty()
        || chain.size() > MAX_FOREIGN_CHAIN
        || total > StrictCertificate.MAX_LENGTH) {
      throw new PeerRejectedException(
          Reason.MALFORMED,
          "chain of %d certificates, %d bytes (expected: 1 to 4, at most 16 KiB)"
              .formatted(chain.size(), total));
    }
  }

  private static List<StrictCertificate> parse(List<Bytes> chain) throws PeerRejectedException {
    List<StrictCertificate> certificates = new ArrayList<>();
    for (Bytes der : chain) {
      try {
        certificates.add(StrictCertificate.parse(der));
      } catch (InvalidCertificateException e) {
        throw new PeerRejectedException(Reason.MALFORMED, e.getMessage(), e);
      }
    }
    return certificates;
  }

  private static SvidCertificate svid(StrictCertificate certificate) throws PeerRejectedException {
    try {
      return SvidCertificate.of(certificate);
    } catch (InvalidCertificateException e) {
      throw new PeerRejectedException(Reason.PROFILE, e.getMessage(), e);
    }
  }

  static void requireNow(Validity validity, Instant now) throws PeerRejectedException {
    if (validity.isOver(now)) {
      throw new PeerRejectedException(
          Reason.EXPIRED, "ended %s (now: %s)".formatted(validity.notAfter(), now));
    }
    if (validity.isAhead(now)) {
      throw new PeerRejectedException(
          Reason.NOT_YET_VALID, "begins %s (now: %s)".formatted(validity.notBefore(), now));
    }
    if (validity.isEmpty()) {
      throw new PeerRejectedException(
          Reason.EXPIRED, "no time at which everything on the path is valid");
    }
  }
}
