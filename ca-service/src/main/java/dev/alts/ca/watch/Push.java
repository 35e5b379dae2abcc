package dev.alts.ca.watch;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.watch.WatchLog.Event;

/**
 * A message of the watch stream, serialised once however many streams send it.
 *
 * @param message as it was read, for topics whose events are completed when they are sent
 */
public record Push(WatchTopic topic, long sequence, WatchResponse message, ByteString serialised) {
  static Push of(Event event) {
    return new Push(
        event.key().topic(), event.sequence(), event.message(), event.message().toByteString());
  }
}
