package dev.alts.ca.attestation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time in which something was banned.
 *
 * @param until when the ban was lifted; null: it holds
 */
public record BanPeriod(Instant since, @Nullable Instant until, String reason) {}
