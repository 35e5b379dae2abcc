package dev.alts.ca.federation;

import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RootFingerprint;
import org.jspecify.annotations.Nullable;

/**
 * That we accept another trust domain, as an admin said it.
 *
 * @param root its root, pinned; absent: it does not speak ALTS, or not with us
 * @param privateNetwork whether its endpoint may be in one of the private networks that the
 *     operator of the CA lists; else it must be on the Internet
 */
public record Relationship(
    TrustDomain domain,
    HttpsUrl endpoint,
    EndpointProfile profile,
    @Nullable RootFingerprint root,
    boolean privateNetwork,
    Acceptance acceptance) {}
