package dev.alts.ca.issuance;

import dev.alts.ca.authority.SigningAuthority;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Everything that a certificate will say. What a requester sent is in it only as {@code spki}. */
record CertificateContent(
    BigInteger serial,
    SigningAuthority issuer,
    SpiffeId subject,
    List<String> dnsNames,
    CertificateProfile profile,
    AltsAttributes attributes,
    Bytes spki,
    Instant notBefore,
    Instant notAfter) {
  /** Foreign verifiers allow no skew; ours do not need it. Issued-at is never back-dated. */
  private static final Duration BACKDATED = Duration.ofSeconds(60);

  CertificateContent {
    dnsNames = List.copyOf(dnsNames);
  }

  static CertificateContent of(
      AuthorizedRequest request,
      BigInteger serial,
      SigningAuthority issuer,
      AltsAttributes attributes) {
    Instant issuedAt = attributes.issuedAt();
    return new CertificateContent(
        serial,
        issuer,
        request.subject(),
        request.dnsNames(),
        request.profile(),
        attributes,
        request.spki(),
        later(issuedAt.minus(BACKDATED), issuer.certificate().notBefore()),
        earlier(
            issuedAt.plusSeconds(request.lifetime().toSeconds()), issuer.certificate().notAfter()));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
