/**
 * Runs a program as a workload where there is no agent: gets certificates for a token of an OIDC
 * issuer and serves them to the program in the ways in which an agent would, until it ends.
 *
 * <p>It decides when certificates are renewed and what is wiped. Which identity a token gives the
 * CA decides. Start reading at {@link dev.alts.cli.run.Job}.
 */
@NullMarked
package dev.alts.cli.run;

import org.jspecify.annotations.NullMarked;
