/**
 * What was decided, by whom and why, in hash chains that no one can shorten or rewrite unnoticed.
 *
 * <p>An event is recorded in the transaction of what it tells about: if it cannot be recorded, the
 * act does not happen. It never sees a key, a token or a ticket. Start reading at {@link
 * dev.alts.ca.audit.AuditLog}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"database"})
package dev.alts.ca.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
