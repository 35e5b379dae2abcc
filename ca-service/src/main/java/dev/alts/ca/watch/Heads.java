package dev.alts.ca.watch;

import dev.alts.ca.watch.WatchLog.Head;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How far the topics of one scope are. Immutable. */
record Heads(Map<WatchTopic, Head> byTopic) {
  static final Heads NONE = new Heads(Map.of());

  Heads {
    byTopic = Collections.unmodifiableMap(ordered(byTopic));
  }

  /** In the order of the topics: the trust document before what it verifies. */
  private static Map<WatchTopic, Head> ordered(Map<WatchTopic, Head> heads) {
    Map<WatchTopic, Head> ordered = new EnumMap<>(WatchTopic.class);
    ordered.putAll(heads);
    return ordered;
  }

  /**
   * {@return what is known with {@code read}, equal to this if that is nothing new} Two reads may
   * arrive in the wrong order: the sequence decides.
   */
  Heads with(List<Head> read) {
    Map<WatchTopic, Head> next = null;
    for (Head head : read) {
      Head old = byTopic.get(head.key().topic());
      if (old == null || old.sequence() < head.sequence()) {
        next = next == null ? ordered(byTopic) : next;
        next.put(head.key().topic(), head);
      }
    }
    return next == null ? this : new Heads(next);
  }
}
