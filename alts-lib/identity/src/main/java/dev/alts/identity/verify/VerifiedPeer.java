package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import java.time.Instant;

/** A peer whose certificates were verified; it still has to prove that it holds the X25519 key. */
public record VerifiedPeer(PeerFacts facts, Bytes x25519PublicKey, Instant handshakeNotAfter) {}
