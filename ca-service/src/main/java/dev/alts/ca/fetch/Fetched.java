package dev.alts.ca.fetch;

import dev.alts.identity.Bytes;
import java.time.Duration;

/**
 * A body, and how long its server says that it stays good.
 *
 * @param maxAge of {@code Cache-Control}; zero: the server says nothing or forbids keeping it
 */
public record Fetched(Bytes body, Duration maxAge) {}
