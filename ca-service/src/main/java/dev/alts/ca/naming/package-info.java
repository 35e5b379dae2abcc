/**
 * What the CA tells everybody it vouches for: the naming policy (which server is the right one),
 * and the record, foreign-domain and revocation policies.
 *
 * <p>It decides versions and has the naming policy signed; who obeys them is the library's matter.
 * Start reading at {@link dev.alts.ca.naming.NamingPolicies}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "authority", "configuration", "watch"})
package dev.alts.ca.naming;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
