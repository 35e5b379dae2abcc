package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import org.jspecify.annotations.Nullable;

/** What became of one record. */
sealed interface RecordResult {
  /**
   * It is durable.
   *
   * @param prepared to be signed: ours, or the one of an earlier request with the same key
   * @param signature that the earlier request was answered with; null: none is known
   */
  record Durable(PreparedCertificate prepared, @Nullable Bytes signature) implements RecordResult {}

  /** The idempotency key stands for another request. */
  record KeyReused() implements RecordResult {}

  /** Not recorded, or nobody knows. */
  record Failed(String explanation) implements RecordResult {}
}
