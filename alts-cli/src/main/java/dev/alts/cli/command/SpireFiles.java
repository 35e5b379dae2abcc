package dev.alts.cli.command;

import com.google.gson.JsonElement;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.spire.InvalidExportException;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.SpireExport;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Files of SPIRE's that commands read; {@code -} is the standard input. */
final class SpireFiles {
  private final InputStream standardInput;

  SpireFiles(InputStream standardInput) {
    this.standardInput = standardInput;
  }

  List<SpireEntry> entries(Path file) {
    List<SpireEntry> entries = new ArrayList<>();
    read(file, reader -> SpireExport.entries(reader, entries::add));
    return entries;
  }

  List<SpireAgent> agents(@Nullable Path file) {
    List<SpireAgent> agents = new ArrayList<>();
    if (file != null) {
      read(file, reader -> SpireExport.agents(reader, agents::add));
    }
    return agents;
  }

  /** {@return the names that a file gives to agents, by their IDs} */
  static Map<String, String> machines(@Nullable Path file) {
    Map<String, String> names = new TreeMap<>();
    if (file != null) {
      for (Map.Entry<String, JsonElement> name : new YamlFile(file).object().entrySet()) {
        if (!name.getValue().isJsonPrimitive()) {
          throw CommandFailedException.usage(
              "%s: %s (expected: the name of a machine)".formatted(file, name.getKey()), null);
        }
        names.put(name.getKey(), name.getValue().getAsString());
      }
    }
    return names;
  }

  private interface Reading {
    void read(Reader reader) throws IOException, InvalidExportException;
  }

  private void read(Path file, Reading reading) {
    boolean standard = file.toString().equals("-");
    try (Reader reader =
        standard
            ? new InputStreamReader(standardInput, StandardCharsets.UTF_8)
            : Files.newBufferedReader(file)) {
      reading.read(reader);
    } catch (IOException e) {
      throw CommandFailedException.usage("cannot read %s: %s".formatted(file, e), null);
    } catch (InvalidExportException e) {
      throw CommandFailedException.usage(
          "%s: %s".formatted(file, e.getMessage()),
          "spire-server entry show -output json > entries.json;"
              + " spire-server agent list -output json > agents.json");
    }
  }
}
