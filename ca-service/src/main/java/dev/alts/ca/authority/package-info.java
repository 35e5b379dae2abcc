/**
 * Root, issuing authorities and the other keys of the trust domain, and the trust document that
 * names them.
 *
 * <p>It decides which keys are trusted for what, and holds their private halves wrapped. It never
 * sees who gets a certificate. Start reading at {@link dev.alts.ca.authority.TrustDocuments}; how
 * keys are kept is {@link dev.alts.ca.authority.KeyCustody}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"audit", "configuration", "database", "operations", "replica"})
package dev.alts.ca.authority;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
