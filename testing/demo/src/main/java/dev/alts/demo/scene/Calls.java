package dev.alts.demo.scene;

import com.google.gson.JsonObject;

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

  static String text(JsonObject object, String name) {
    return object.has(name) ? object.get(name).getAsString() : "-";
  }
}
