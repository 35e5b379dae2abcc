package dev.alts.ca.audit;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.security.MessageDigest;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The heads of all chains at one moment, by chain. Keeps each chain's hash, so that a log with many
 * old chains costs no more than what changed. Not thread-safe.
 */
public final class ChainHeads {
  private final SortedMap<Long, ChainHead> heads = new TreeMap<>();
  private final SortedMap<Long, Bytes> leaves = new TreeMap<>();

  public void put(ChainHead head) {
    if (!head.equals(heads.put(head.chainId(), head))) {
      leaves.put(head.chainId(), head.leaf());
    }
  }

  /** {@return the heads by the chain's number} */
  public Map<Long, ChainHead> byChain() {
    return heads;
  }

  /** {@return SHA-256 over the hashes of the chains, in the order of their numbers} */
  public Bytes sha256() {
    MessageDigest digest = Sha256.newDigest();
    leaves.values().forEach(leaf -> digest.update(leaf.asByteBuffer()));
    return Bytes.copyOf(digest.digest());
  }

  /** {@return how many events these chains have had} */
  public long events() {
    return heads.values().stream().mapToLong(ChainHead::sequence).sum();
  }
}
