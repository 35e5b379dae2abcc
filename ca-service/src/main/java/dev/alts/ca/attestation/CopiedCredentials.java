package dev.alts.ca.attestation;

import java.time.Instant;

/**
 * That a machine was turned away because its credentials had two users.
 *
 * @param evidence what showed it, in words
 */
public record CopiedCredentials(Instant detectedAt, String evidence) {}
