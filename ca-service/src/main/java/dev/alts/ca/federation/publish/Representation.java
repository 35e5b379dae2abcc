package dev.alts.ca.federation.publish;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.time.Duration;

/**
 * A document as it is served.
 *
 * @param tag of exactly this content, for {@code ETag}
 * @param maxAge how long who has it need not ask again
 */
public record Representation(Bytes body, String mediaType, String tag, Duration maxAge) {
  public static Representation of(Bytes body, String mediaType, Duration maxAge) {
    return new Representation(body, mediaType, '"' + Sha256.of(body).toHex() + '"', maxAge);
  }
}
