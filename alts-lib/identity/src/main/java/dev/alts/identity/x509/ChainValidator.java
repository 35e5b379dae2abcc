package dev.alts.identity.x509;

import dev.alts.identity.crypto.EcdsaP256;
import java.util.List;

/**
 * Validates the path from a certificate to one given authority (RFC 5280 section 6, without
 * policies and CRLs). Times are the caller's affair, with the {@link Validity} that comes back.
 */
public final class ChainValidator {
  private final EcdsaP256 ecdsa;

  public ChainValidator(EcdsaP256 ecdsa) {
    this.ecdsa = ecdsa;
  }

  /**
   * {@return the time in which everything on the path is valid at once}
   *
   * @param chain leaf first, without the authority
   */
  public Validity validate(List<StrictCertificate> chain, AuthorityCertificate authority)
      throws InvalidCertificateException {
    if (chain.size() != 1) {
      throw new InvalidCertificateException("chain: intermediates are not supported");
    }
    StrictCertificate leaf = chain.getFirst();
    if (!leaf.x509()
        .getIssuerX500Principal()
        .equals(authority.certificate().x509().getSubjectX500Principal())) {
      throw new InvalidCertificateException("chain: issuer's name is not the authority's subject");
    }
    try {
      if (!ecdsa.verify(
          ecdsa.decodePublicKey(authority.spki()),
          leaf.parts().tbs().toByteArray(),
          leaf.parts().signature().toByteArray())) {
        throw new InvalidCertificateException("chain: signature does not verify");
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("chain: authority's key (expected: P-256)", e);
    }
    return Validity.of(leaf).intersection(Validity.of(authority.certificate()));
  }
}
