package dev.alts.ca.issuance;

import java.time.Instant;

/**
 * What exists of one identity.
 *
 * @param certificates that have not expired
 * @param machines on which they are
 * @param neverRenewed of them, past the time of renewal and without a newer one
 * @param newest when the newest was issued
 * @param lastExpiry when the last one expires: the identity is gone then unless somebody renews
 */
public record IdentityInventory(
    String spiffeId,
    long certificates,
    long machines,
    long neverRenewed,
    Instant newest,
    Instant lastExpiry) {}
