package dev.alts.identity.verify;

import dev.alts.identity.x509.SvidCertificate;
import dev.alts.identity.x509.Validity;

/**
 * A chain that passed steps 1 to 4 of handshake.md section 2.
 *
 * @param validity of everything on the path at once; it is looked at again on every use
 */
record VerifiedChain(PeerFacts facts, SvidCertificate leaf, Validity validity) {}
