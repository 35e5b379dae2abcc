/**
 * Other trust domains: which are accepted, what they have published, and what we publish for them
 * (SPIFFE_Federation.md).
 *
 * <p>It decides what of a foreign bundle or document is believed, and tells agents. A foreign
 * domain can change nothing but what is held of itself. It never sees a private key but that of its
 * own TLS port. Start reading at {@link dev.alts.ca.federation.Federations}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "authority",
      "configuration",
      "database",
      "endpoint",
      "fetch",
      "jwt",
      "replica",
      "revocation",
      "watch"
    })
package dev.alts.ca.federation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
