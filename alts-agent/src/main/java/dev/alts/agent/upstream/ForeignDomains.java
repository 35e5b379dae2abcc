package dev.alts.agent.upstream;

import dev.alts.agent.credentials.DomainState.Foreign;
import dev.alts.agent.credentials.DomainState.Published;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.api.federation.v1.FederatedDomains;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Foreign trust domains as our CA admits them. Which there are and what they may say is the CA's
 * word; what they signed is verified here too, and never goes back.
 */
final class ForeignDomains {
  private static final Logger logger = LoggerFactory.getLogger(ForeignDomains.class);

  private ForeignDomains() {}

  /**
   * {@return the domains that are admitted now} One whose documents do not verify keeps those that
   * are held of it, and the others are taken over all the same.
   */
  static Map<String, Foreign> follow(Map<String, Foreign> held, FederatedDomains admitted) {
    Map<String, Foreign> next = new HashMap<>();
    for (FederatedDomain domain : admitted.getDomainsList()) {
      next.put(
          domain.getTrustDomain(),
          new Foreign(domain, published(domain, held.get(domain.getTrustDomain()))));
    }
    return next;
  }

  private static @Nullable Published published(FederatedDomain domain, @Nullable Foreign held) {
    if (!domain.hasDocuments()) {
      return null;
    }
    // With another root than before the admins began anew.
    Published before =
        held != null && held.admitted().getRootSpkiSha256().equals(domain.getRootSpkiSha256())
            ? held.published()
            : null;
    try {
      return verified(domain, before);
    } catch (InvalidDocumentException e) {
      logger.error(
          "federation: documents of {} refused: {}", domain.getTrustDomain(), e.getMessage());
      return before;
    }
  }

  private static Published verified(FederatedDomain domain, @Nullable Published before)
      throws InvalidDocumentException {
    DomainDocuments documents = domain.getDocuments();
    TrustDocument trust =
        before == null
            ? Succession.begin(
                new RootFingerprint(
                    Bytes.copyOf(domain.getRootSpkiSha256().asReadOnlyByteBuffer())),
                documents.getBridgesList(),
                documents.getTrustDocument())
            : Succession.follow(
                before.trust().document(),
                documents.getBridgesList(),
                documents.getTrustDocument());
    if (!trust.trustDomain().name().equals(domain.getTrustDomain())) {
      throw new InvalidDocumentException(
          "trust document: of %s (expected: %s)"
              .formatted(trust.trustDomain(), domain.getTrustDomain()));
    }
    Verified<RevocationList> list = before == null ? null : before.revocation();
    if (documents.hasRevocationList()) {
      Verified<RevocationList> newer =
          PushedUpdates.newer(documents.getRevocationList(), trust, list);
      list = newer == null ? list : newer;
    }
    return new Published(
        new Verified<>(documents.getTrustDocument(), trust), list, documents.getBridgesList());
  }
}
