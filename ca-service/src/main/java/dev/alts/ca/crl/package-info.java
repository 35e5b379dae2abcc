/**
 * Lists of RFC 5280 for programs that verify ordinary certificates: one for each issuing authority,
 * signed by it.
 *
 * <p>It decides when a list is due, what it says and how long it is good. Which certificates are
 * revoked it is told by {@code issuance}'s record; it knows neither identities nor machines. Start
 * reading at {@link dev.alts.ca.crl.Crls}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"authority", "database", "issuance", "plainhttp", "revocation"})
package dev.alts.ca.crl;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
