/**
 * Acts that take two admins: kept until a second one approves or rejects, or their time is over.
 *
 * <p>It decides which kinds of acts wait, and that nobody approves their own and nothing is done
 * twice. It does not know how an act is done, nor who may. Start reading at {@code Approvals}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"configuration", "humans"})
package dev.alts.ca.approvals;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
