package dev.alts.identity.verify;

import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import org.jspecify.annotations.Nullable;

/**
 * What is held of one trust domain.
 *
 * @param revocationList absent until the domain has published one
 */
public record TrustedDomain(TrustDocument trustDocument, @Nullable RevocationList revocationList) {
  public TrustedDomain {
    if (revocationList != null
        && !revocationList.trustDomain().equals(trustDocument.trustDomain())) {
      throw new IllegalArgumentException(
          "revocation list of %s (expected: of %s)"
              .formatted(revocationList.trustDomain(), trustDocument.trustDomain()));
    }
  }

  public TrustDomain name() {
    return trustDocument.trustDomain();
  }
}
