package dev.alts.ca.revocation;

import java.time.Instant;

/**
 * What a revocation did.
 *
 * @param counter of the list that carries it first
 * @param since everything older is void
 * @param resumptions how many identities got new resumption keys
 * @param certificates how many certificates in use are void now; 0 may be a mistyped name
 */
public record RevocationReceipt(long counter, Instant since, int resumptions, int certificates) {}
