/**
 * The port on which everybody may read what our trust domain publishes: SPIFFE bundle, documents
 * for ALTS, OIDC discovery.
 *
 * <p>It answers from memory and asks nobody who they are. Start reading at {@link
 * dev.alts.ca.federation.publish.PublicPort}.
 */
@NullMarked
package dev.alts.ca.federation.publish;

import org.jspecify.annotations.NullMarked;
