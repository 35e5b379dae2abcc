package dev.alts.cli.output;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;

/** Prints answers in the format that the user chose. */
public final class Printer {
  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final PrintWriter out;
  private final OutputFormat format;

  public Printer(PrintWriter out, OutputFormat format) {
    this.out = out;
    this.format = format;
  }

  /** Prints a list: one row each, or one JSON array. */
  public void list(List<JsonObject> items, Table table, String whenEmpty) {
    switch (format) {
      case JSON -> {
        JsonArray array = new JsonArray();
        items.forEach(array::add);
        json(array);
      }
      case TABLE -> {
        if (items.isEmpty()) {
          out.println(whenEmpty);
        } else {
          table.lines(items).forEach(out::println);
        }
      }
    }
    out.flush();
  }

  /** Prints one answer: these lines for people, or the JSON object. */
  public void one(JsonObject answer, List<String> lines) {
    switch (format) {
      case JSON -> json(answer);
      case TABLE -> lines.forEach(out::println);
    }
    out.flush();
  }

  private void json(JsonElement element) {
    out.println(PRETTY.toJson(element));
  }
}
