package dev.alts.ca.database;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database once for what many callers ask at the same time. Thread-safe.
 *
 * <p>This is no cache: each caller's answer comes from a query that began after it asked. While one
 * query runs the next gathers keys, so there are as many queries as the database can answer and
 * nobody waits for a timer.
 */
public final class GatheredLookups<K, V> {
  /** One on its way, one being answered. */
  private static final int AT_ONCE = 2;

  private final Function<Set<K>, Map<K, V>> query;
  private final Semaphore lanes = new Semaphore(AT_ONCE);
  private @Nullable Batch<K, V> gathering;

  /**
   * @param query finds what there is for any of the keys, in one statement
   */
  public GatheredLookups(Function<Set<K>, Map<K, V>> query) {
    this.query = query;
  }

  /** {@return what there is for {@code key}; throws what the query threw} */
  public Optional<V> find(K key) {
    return Optional.ofNullable(findAll(Set.of(key)).get(key));
  }

  /** {@return what there is for these keys, perhaps among others} */
  public Map<K, V> findAll(Set<K> keys) {
    Batch<K, V> batch;
    boolean first;
    synchronized (this) {
      batch = gathering;
      first = batch == null;
      if (batch == null) {
        batch = new Batch<>(new HashSet<>(), new CompletableFuture<>());
        gathering = batch;
      }
      batch.keys().addAll(keys);
    }
    if (first) {
      answer(batch);
    }
    try {
      return batch.answer().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Whoever began a batch asks for all of it. */
  private void answer(Batch<K, V> batch) {
    lanes.acquireUninterruptibly();
    try {
      synchronized (this) {
        gathering = null;
      }
      batch.answer().complete(query.apply(batch.keys()));
    } catch (RuntimeException | Error e) {
      batch.answer().completeExceptionally(e);
    } finally {
      lanes.release();
    }
  }

  private record Batch<K, V>(Set<K> keys, CompletableFuture<Map<K, V>> answer) {}
}
