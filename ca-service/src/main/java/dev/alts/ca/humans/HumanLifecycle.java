package dev.alts.ca.humans;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.TrustDomain;
import org.springframework.stereotype.Service;

/** Cuts humans off, here at once and everywhere by the revocation list. */
@Service
public class HumanLifecycle {
  private final HumanRegistry humans;
  private final RevocationService revocations;
  private final TrustDomain trustDomain;

  HumanLifecycle(HumanRegistry humans, RevocationService revocations, CaSettings settings) {
    this.humans = humans;
    this.revocations = revocations;
    this.trustDomain = settings.trustDomain();
  }

  /**
   * Disables first, so that nothing new is issued while the list is on its way. Safe to repeat if
   * the second half failed.
   *
   * @return false if there is no such human
   */
  public boolean disable(HumanName name, String reason, String disabledBy) {
    if (!humans.disable(name)) {
      return false;
    }
    revocations.revoke(
        new RevocationRequest(
            new RevocationTarget.Subject(name.spiffeId(trustDomain)),
            false,
            ReasonCode.PRIVILEGE_WITHDRAWN,
            disabledBy,
            reason));
    return true;
  }

  /** {@return false if there is no such human, or it is not disabled} */
  public boolean enable(HumanName name) {
    return humans.enable(name);
  }
}
