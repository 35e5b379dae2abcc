package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.List;

/**
 * What is known of a verified peer: enough to judge it again without its certificates.
 *
 * @param boundary empty: none, or stated by a foreign trust domain
 * @param machine empty: none, or stated by a foreign trust domain
 * @param authoritySpkiSha256 keys of all issuers on the path, nearest first
 */
public record PeerFacts(
    SpiffeId spiffeId,
    EntityKind kind,
    String boundary,
    String machine,
    RevocationId revocationId,
    Instant issuedAt,
    List<Bytes> authoritySpkiSha256,
    Instant masterNotAfter) {
  public PeerFacts {
    authoritySpkiSha256 = List.copyOf(authoritySpkiSha256);
  }
}
