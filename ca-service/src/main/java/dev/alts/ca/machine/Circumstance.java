package dev.alts.ca.machine;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was so at a time, beside the rules.
 *
 * @param about machine, identity, certificate, asked, naming or authorization
 * @param inTheWay whether it alone is reason enough for a no
 * @param text in words
 * @param since when it became so, or was last known; null: always
 */
public record Circumstance(String about, boolean inTheWay, String text, @Nullable Instant since) {}
