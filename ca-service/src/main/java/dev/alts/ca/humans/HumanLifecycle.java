package dev.alts.ca.humans;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.TrustDomain;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Cuts humans off, here at once and everywhere by the revocation list. */
@Service
public class HumanLifecycle {
  private final HumanRegistry humans;
  private final RoleRegistry roles;
  private final TransactionOperations transactions;
  private final RevocationService revocations;
  private final TrustDomain trustDomain;

  HumanLifecycle(
      HumanRegistry humans,
      RoleRegistry roles,
      TransactionOperations transactions,
      RevocationService revocations,
      CaSettings settings) {
    this.humans = humans;
    this.roles = roles;
    this.transactions = transactions;
    this.revocations = revocations;
    this.trustDomain = settings.trustDomain();
  }

  /**
   * Disables first, so that nothing new is issued while the list is on its way. Safe to repeat if
   * the second half failed.
   *
   * @return false if there is no such human, or nobody would be left who may everything
   */
  public boolean disable(HumanName name, String reason, String disabledBy) {
    if (!Boolean.TRUE.equals(transactions.execute(status -> disableUnlessLast(name)))) {
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

  /** Behind the lock of roles, so that two admins cannot disable each other at once. */
  private boolean disableUnlessLast(HumanName name) {
    roles.lock();
    boolean everything =
        roles.find(name, new Rights.Held(Role.SECURITY_ADMIN, Limits.NONE)).isPresent();
    if ((everything && roles.unlimitedSecurityAdmins(name) == 0) || !humans.disable(name)) {
      return false;
    }
    // Else they come back as whom they made a code for a moment ago.
    roles.endCodesMadeBy(name.auditName());
    return true;
  }

  /** {@return false if there is no such human, or it is not disabled} */
  public boolean enable(HumanName name) {
    return humans.enable(name);
  }
}
