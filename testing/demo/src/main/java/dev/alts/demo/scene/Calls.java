package dev.alts.demo.scene;

import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Reading what workloads report of their calls. */
final class Calls {
  private Calls() {}

  static void requireSuccess(JsonObject report) {
    if (report.has("status")) {
      throw new IllegalStateException(
          "the call failed: %s: %s".formatted(text(report, "status"), text(report, "description")));
    }
  }

  static void requireRefusal(JsonObject report) {
    if (!report.has("status")) {
      throw new IllegalStateException("the call went through, and should not: " + report);
    }
  }

  /** {@return the first line of why a call failed: the rest are causes of causes} */
  static String reason(JsonObject report) {
    String description = text(report, "description");
    return text(report, "status") + ": " + description.lines().findFirst().orElse("");
  }

  /** {@return how long the first call of a connection took, its handshake included} */
  static String firstCall(JsonObject report) {
    return micros(report, "firstMicros");
  }

  static String micros(JsonObject report, String name) {
    Duration time = Duration.of(report.get(name).getAsLong(), ChronoUnit.MICROS);
    return time.toMillis() < 10 ? "%.1f ms".formatted(time.toNanos() / 1e6) : Story.shown(time);
  }

  static String text(JsonObject object, String name) {
    return object.has(name) ? object.get(name).getAsString() : "-";
  }
}
