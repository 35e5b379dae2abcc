package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.alts.cli.ca.CommandFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Facts as they are typed: {@code name=text}, where digits alone are a number, or {@code
 * name:=json} where that guess is wrong or a list is wanted, what has no {@code =} is a YAML or
 * JSON file of them.
 */
final class FactArgument {
  private FactArgument() {}

  static JsonObject parse(List<String> arguments) {
    JsonObject facts = new JsonObject();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 0 && Files.isRegularFile(Path.of(argument))) {
        new YamlFile(Path.of(argument))
            .object()
            .entrySet()
            .forEach(fact -> facts.add(fact.getKey(), fact.getValue()));
        continue;
      }
      if (equals < 1) {
        throw CommandFailedException.usage(
            "fact: \"%s\" (expected: name=value, name:=json or a file)".formatted(argument), null);
      }
      boolean json = argument.charAt(equals - 1) == ':';
      facts.add(
          argument.substring(0, json ? equals - 1 : equals),
          json ? json(argument.substring(equals + 1)) : plain(argument.substring(equals + 1)));
    }
    return facts;
  }

  private static JsonElement plain(String text) {
    return text.matches("-?[0-9]{1,18}")
        ? new JsonPrimitive(Long.parseLong(text))
        : new JsonPrimitive(text);
  }

  private static JsonElement json(String text) {
    try {
      return JsonParser.parseString(text);
    } catch (JsonParseException e) {
      throw CommandFailedException.usage("fact: \"%s\" is not JSON".formatted(text), null);
    }
  }
}
