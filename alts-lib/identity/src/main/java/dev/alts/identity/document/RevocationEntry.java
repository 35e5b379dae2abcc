package dev.alts.identity.document;

import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;

/** One thing that is no longer true (handshake.md section 7). */
public sealed interface RevocationEntry {
  /** {@return when this can match nothing any more and may leave the list} */
  Instant dropAfter();

  /** One certificate. */
  record Certificate(RevocationId id, Instant dropAfter) implements RevocationEntry {}

  /** Every certificate of this ID issued before the time. */
  record Subject(SpiffeId id, Instant issuedBefore, Instant dropAfter) implements RevocationEntry {}

  /** Everything issued on this machine before the time. */
  record Machine(String machine, Instant issuedBefore, Instant dropAfter)
      implements RevocationEntry {
    public Machine {
      if (machine.isEmpty()) {
        throw new IllegalArgumentException("revoked machine: (expected: a name)");
      }
    }
  }

  /** Everything that an authority with this key issued. */
  record Authority(Bytes spkiSha256, Instant dropAfter) implements RevocationEntry {
    public Authority {
      if (spkiSha256.length() != 32) {
        throw new IllegalArgumentException("revoked authority: (expected: 32 bytes)");
      }
    }
  }

  /** Every resumption with this identity as the server that goes back to before the time. */
  record Resumption(SpiffeId server, Instant authenticatedBefore, Instant dropAfter)
      implements RevocationEntry {}
}
