package dev.alts.cli.output;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A JSON value as one cell of a table. */
public final class JsonText {
  private JsonText() {}

  /** {@return the value for people, on one line} */
  public static String of(@Nullable JsonElement value) {
    if (value == null || value.isJsonNull()) {
      return "-";
    }
    if (value.isJsonArray()) {
      return dashIfEmpty(
          StreamSupport.stream(value.getAsJsonArray().spliterator(), false)
              .map(JsonText::of)
              .collect(Collectors.joining(",")));
    }
    if (value.isJsonObject()) {
      return dashIfEmpty(ofMembers(value.getAsJsonObject()));
    }
    return dashIfEmpty(printable(value.getAsString()));
  }

  private static String ofMembers(JsonObject object) {
    return object.entrySet().stream()
        .map(member -> printable(member.getKey()) + "=" + of(member.getValue()))
        .collect(Collectors.joining(","));
  }

  private static String dashIfEmpty(String text) {
    return text.isEmpty() ? "-" : text;
  }

  // a name must not move the reader's cursor or forge a row
  private static String printable(String text) {
    return text.chars()
        .mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
        .collect(Collectors.joining());
  }
}
