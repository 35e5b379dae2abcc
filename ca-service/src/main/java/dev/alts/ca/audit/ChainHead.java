package dev.alts.ca.audit;

import dev.alts.identity.Bytes;
import java.util.UUID;

/**
 * How far a chain is.
 *
 * @param sequence of its last event; 0: it has none
 * @param head hash of that event
 * @param baseSequence of the last event that was dropped after its retention; 0: none
 * @param baseHash hash of that event, or of the empty chain
 */
public record ChainHead(
    long chainId,
    UUID incarnation,
    String purpose,
    long sequence,
    Bytes head,
    long baseSequence,
    Bytes baseHash) {
  private static final String LABEL = "ALTS/1 audit head";

  /** {@return what stands for this chain in a checkpoint} */
  Bytes leaf() {
    return AuditChain.digest(
        LABEL,
        Long.toString(chainId),
        incarnation.toString(),
        purpose,
        Long.toString(sequence),
        head.toHex(),
        Long.toString(baseSequence),
        baseHash.toHex());
  }
}
