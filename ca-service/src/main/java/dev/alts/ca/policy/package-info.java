/**
 * Decides which identities the facts about a process give it, and says why.
 *
 * <p>Rules are conditions in CEL over {@code machine.*}, {@code verified.*} and {@code workload.*}
 * facts with a path template each. A missing fact never helps: whatever cannot be evaluated does
 * not match. This package never sees a key, a certificate or a connection. Start reading at {@link
 * dev.alts.ca.policy.IdentityRules}, then {@link dev.alts.ca.policy.RuleSet}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "configuration", "watch"})
package dev.alts.ca.policy;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
