/**
 * JWT-SVIDs: which tokens may be, that they are counted, and the key set by which they are verified
 * (SPIFFE JWT-SVID and SPIFFE trust bundle).
 *
 * <p>A decision is recorded and its tokens are counted before they are signed; no token is kept. It
 * never sees facts or rules: who may have a token is decided before. Start reading at {@link
 * dev.alts.ca.jwt.JwtSvids}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "authority", "database", "replica", "watch"})
package dev.alts.ca.jwt;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
