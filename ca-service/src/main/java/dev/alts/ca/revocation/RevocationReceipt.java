package dev.alts.ca.revocation;

import java.time.Instant;

/**
 * What a revocation did.
 *
 * @param counter of the list that carries it first
 * @param since everything older is void
 * @param resumptions how many identities got new resumption keys
 */
public record RevocationReceipt(long counter, Instant since, int resumptions) {}
