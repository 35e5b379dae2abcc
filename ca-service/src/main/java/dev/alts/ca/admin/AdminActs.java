package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * The only way in which an endpoint changes something: first the audit log knows who does what and
 * why, then it happens. If the log cannot take it, it does not happen (abuse-43).
 */
@Component
class AdminActs {
  private final AuditLog audit;

  AdminActs(AuditLog audit) {
    this.audit = audit;
  }

  <T> T perform(
      AuthenticatedHuman admin, String act, String target, String reason, Supplier<T> effect) {
    audit.append(new AuditEvent.AdminActed(admin.auditName(), act, target, reason));
    return effect.get();
  }
}
