package dev.alts.report;

import java.time.Instant;

/**
 * A call that this process refused.
 *
 * @param peer the caller's SPIFFE ID, or empty if the call did not come over ALTS
 */
public record ReportedDenial(Instant at, String peer, String method, String reason) {}
