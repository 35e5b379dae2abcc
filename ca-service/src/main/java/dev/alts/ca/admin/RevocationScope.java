package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.revocation.RevocationTarget;
import org.springframework.stereotype.Component;

/** Whether a limited role reaches what is to be revoked, or what was. */
@Component
class RevocationScope {
  private final WithinReach reach;

  RevocationScope(WithinReach reach) {
    this.reach = reach;
  }

  void require(AuthenticatedHuman human, Permission permission, RevocationTarget target) {
    switch (target) {
      case RevocationTarget.Certificate certificate ->
          reach.requireCertificate(human, permission, certificate.id());
      case RevocationTarget.Subject subject ->
          reach.requireIdentity(human, permission, subject.id());
      case RevocationTarget.Machine machine ->
          reach.requireMachine(human, permission, machine.name());
      case RevocationTarget.Authority _ ->
          reach.requireEverything(
              human,
              permission == Permission.REVOCATION_CHANGE ? Permission.AUTHORITY_CHANGE : permission,
              "An authority");
      case RevocationTarget.Resumption resumption ->
          reach.requireIdentity(human, permission, resumption.server());
    }
  }

  /** Entries about single certificates are left to the ledger for those with a limited role. */
  boolean shows(AuthenticatedHuman human, RevocationTarget target) {
    Permission permission = Permission.REVOCATION_READ;
    return human.rights().allowEverywhere(permission)
        || switch (target) {
          case RevocationTarget.Certificate _ -> false;
          case RevocationTarget.Subject subject -> reach.reaches(human, permission, subject.id());
          case RevocationTarget.Machine machine -> reach.reaches(human, permission, machine.name());
          // In the trust document too, for everybody.
          case RevocationTarget.Authority _ -> true;
          case RevocationTarget.Resumption resumption ->
              reach.reaches(human, permission, resumption.server());
        };
  }
}
