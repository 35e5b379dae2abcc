package dev.alts.ca.revocation;

import dev.alts.identity.SpiffeId;
import java.time.Instant;

/** An identity that is not issued any more, whatever the rules say. */
public record BannedIdentity(SpiffeId id, String reason, Instant since) {}
