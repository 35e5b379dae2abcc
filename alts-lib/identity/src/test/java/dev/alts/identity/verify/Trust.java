package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Contexts for tests, from what the testing kit signs. */
public final class Trust {
  private Trust() {}

  public static TrustedDomain domain(TestTrustDomain domain) {
    return domain(domain, domain.trustDocument(), null);
  }

  public static TrustedDomain domain(
      TestTrustDomain domain, SignedDocument document, @Nullable SignedDocument revocationList) {
    try {
      TrustDocument trust = TrustDocument.open(document, pin(domain));
      return new TrustedDomain(
          trust, revocationList == null ? null : RevocationList.open(revocationList, trust));
    } catch (InvalidDocumentException e) {
      throw new AssertionError("the testing kit signs good documents", e);
    }
  }

  public static RootFingerprint pin(TestTrustDomain domain) {
    return new RootFingerprint(Bytes.copyOf(domain.rootSha256()));
  }

  public static VerificationContext own(TestTrustDomain domain) {
    return VerificationContext.ofOwn(domain(domain));
  }

  public static VerificationContext own(TestTrustDomain domain, SignedDocument revocationList) {
    return VerificationContext.ofOwn(domain(domain, domain.trustDocument(), revocationList));
  }

  /** {@return a context of {@code own} whose policy admits {@code foreign} within a constraint} */
  public static VerificationContext federated(
      TestTrustDomain own, TrustedDomain foreign, AuthorityConstraint policy) {
    return VerificationContext.of(
        new TrustDomain(own.name()),
        List.of(domain(own), foreign),
        new ForeignDomainPolicy(Map.of(foreign.name(), policy)),
        StaleRevocation.KEEP_SERVING);
  }
}
