package dev.alts.ca.admin.web;

import dev.alts.ca.admin.tls.HumanTrust;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.HumanRegistry;
import dev.alts.ca.humans.RoleRegistry;
import dev.alts.identity.verify.PeerFacts;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Decides which human a client certificate stands for, by what holds at this moment: trust
 * document, revocation list, and the human's own row.
 */
@Component
class HumanCertificates {
  private static final Logger log = LoggerFactory.getLogger(HumanCertificates.class);

  private final HumanTrust trust;
  private final HumanRegistry humans;
  private final RoleRegistry roles;

  HumanCertificates(HumanTrust trust, HumanRegistry humans, RoleRegistry roles) {
    this.trust = trust;
    this.humans = humans;
    this.roles = roles;
  }

  /** {@return the human, or empty if this certificate is not good for one now} */
  Optional<AuthenticatedHuman> authenticate(X509Certificate[] sent) {
    PeerFacts facts;
    try {
      facts = trust.verify(sent);
    } catch (CertificateException e) {
      log.info("human certificate refused cause={}", e.getMessage());
      return Optional.empty();
    }
    return HumanName.ofSpiffeId(facts.spiffeId(), facts.spiffeId().trustDomain())
        .flatMap(humans::find)
        .filter(human -> human.accepts(facts.issuedAt()))
        .map(human ->
            new AuthenticatedHuman(
                human.name(),
                facts.spiffeId(),
                roles.rights(human.name()),
                facts.masterNotAfter(),
                facts.authoritySpkiSha256().getLast(),
                null));
  }
}
