/**
 * A token of an OIDC issuer in, certificates out: for jobs and functions that have no machine of
 * ours and no agent.
 *
 * <p>It decides whether a token proves what it says: which issuers, which keys, which claims, once.
 * What that gives the rules decide, as for processes of machines. It never sees HTTP. Start reading
 * at {@link dev.alts.ca.exchange.TokenExchange}, which has every step in order.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "configuration",
      "database",
      "fetch",
      "issuance",
      "policy",
      "replica",
      "revocation"
    })
package dev.alts.ca.exchange;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
