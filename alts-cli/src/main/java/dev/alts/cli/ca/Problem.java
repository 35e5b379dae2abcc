package dev.alts.cli.ca;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A refusal in RFC 9457 form (application/problem+json), with our member {@code hint}. */
record Problem(int status, @Nullable String title, @Nullable String detail, @Nullable String hint) {
  static Problem of(int status, byte[] body) {
    try {
      JsonElement parsed = JsonParser.parseString(new String(body, StandardCharsets.UTF_8));
      if (parsed.isJsonObject()) {
        JsonObject object = parsed.getAsJsonObject();
        return new Problem(
            status, text(object, "title"), text(object, "detail"), text(object, "hint"));
      }
      return new Problem(status, null, null, null);
    } catch (JsonParseException e) {
      // something between us and the CA answered; the status is all there is to show
      return new Problem(status, null, null, null);
    }
  }

  CommandFailedException asFailure() {
    return CommandFailedException.refused(message(), hint == null ? usualHint() : hint);
  }

  private String message() {
    if (detail != null) {
      return title == null || detail.startsWith(title) ? detail : title + ": " + detail;
    }
    return title != null ? title : "the CA answered with status " + status;
  }

  private @Nullable String usualHint() {
    return switch (status) {
      case 401 -> "log in first: altsctl login";
      case 403 ->
          "what you may do: altsctl whoami; a security-admin gives roles: altsctl human role";
      case 503 -> "the CA is not ready; try again in a moment";
      default -> null;
    };
  }

  private static @Nullable String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || !value.isJsonPrimitive() ? null : value.getAsString();
  }
}
