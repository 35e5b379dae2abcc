package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Least recently used entries fall out. Thread-safe. */
final class BoundedCache<V> {
  private final Map<Bytes, V> entries;

  BoundedCache(int maxEntries) {
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Bytes, V> eldest) {
            return size() > maxEntries;
          }
        };
  }

  synchronized Optional<V> get(Bytes key) {
    return Optional.ofNullable(entries.get(key));
  }

  synchronized void put(Bytes key, V value) {
    entries.put(key, value);
  }

  synchronized int size() {
    return entries.size();
  }
}
