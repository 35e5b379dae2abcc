package dev.alts.cli.output;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows of text under column titles, as wide as their longest value. */
public final class Table {
  /** A title and where its value comes from. */
  public record Column(String title, Function<JsonObject, String> value) {
    /** {@return the column that shows the member {@code name}} */
    public static Column of(String title, String name) {
      return new Column(title, row -> JsonText.of(row.get(name)));
    }
  }

  private final List<Column> columns;

  public Table(Column... columns) {
    this.columns = List.of(columns);
  }

  /** {@return the table's lines, title first} */
  public List<String> lines(List<JsonObject> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(columns.stream().map(Column::title).toList());
    for (JsonObject row : rows) {
      cells.add(columns.stream().map(column -> column.value().apply(row)).toList());
    }
    return cells.stream().map(line -> line(line, cells)).toList();
  }

  private static String line(List<String> line, List<List<String>> all) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.size(); i++) {
      text.append(line.get(i)).append("  ");
      if (i < line.size() - 1) {
        text.append(" ".repeat(width(all, i) - line.get(i).length()));
      }
    }
    return text.toString().stripTrailing();
  }

  private static int width(List<List<String>> all, int column) {
    return all.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }
}
