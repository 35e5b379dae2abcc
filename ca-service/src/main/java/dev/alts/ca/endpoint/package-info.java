/**
 * What the CA's ports share: the SVID for {@code /ca} that they show, and where they listen.
 *
 * <p>It decides when that SVID is renewed. It knows neither what the ports serve nor who calls
 * them. Start reading at {@link dev.alts.ca.endpoint.CaTlsIdentity}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"issuance", "authority", "configuration", "database"})
package dev.alts.ca.endpoint;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
