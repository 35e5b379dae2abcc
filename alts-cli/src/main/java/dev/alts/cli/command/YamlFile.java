package dev.alts.cli.command;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CommandFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** A YAML or JSON file as the JSON that the CA takes; member names are the same in both. */
final class YamlFile {
  private final Path path;

  YamlFile(Path path) {
    this.path = path;
  }

  /** {@return the list that the file is, or that its member {@code name} is} */
  JsonArray list(String name) {
    JsonElement content = content();
    if (content.isJsonObject() && content.getAsJsonObject().has(name)) {
      content = content.getAsJsonObject().get(name);
    }
    if (!content.isJsonArray()) {
      throw CommandFailedException.usage(
          "%s: neither a list nor an object with the list \"%s\"".formatted(path, name), null);
    }
    return content.getAsJsonArray();
  }

  /** {@return the object that the file is} */
  JsonObject object() {
    JsonElement content = content();
    if (!content.isJsonObject()) {
      throw CommandFailedException.usage("%s: not an object".formatted(path), null);
    }
    return content.getAsJsonObject();
  }

  private JsonElement content() {
    LoaderOptions options = new LoaderOptions();
    // a rule given twice is a mistake, not a choice of ours
    options.setAllowDuplicateKeys(false);
    try {
      // the safe constructor makes plain values only, whatever tags the file has
      Object loaded =
          new Yaml(new SafeConstructor(options))
              .load(Files.readString(path, StandardCharsets.UTF_8));
      return new Gson().toJsonTree(loaded);
    } catch (IOException e) {
      throw CommandFailedException.usage("cannot read " + path + ": " + e.getMessage(), null);
    } catch (YAMLException e) {
      throw CommandFailedException.usage("%s: %s".formatted(path, e.getMessage()), null);
    }
  }
}
