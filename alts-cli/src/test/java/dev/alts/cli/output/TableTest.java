package dev.alts.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.cli.output.Table.Column;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Table TABLE =
      new Table(Column.of("NAME", "name"), Column.of("LABELS", "labels"));

  @Test
  void columnsAreAsWideAsTheirLongestValue() {
    List<String> lines =
        TABLE.lines(List.of(row("{'name':'a','labels':{}}"), row("{'name':'abcdef'}")));

    assertThat(lines).containsExactly("NAME    LABELS", "a       -", "abcdef  -");
  }

  @Test
  void objectsAndListsFitInOneCell() {
    List<String> lines =
        TABLE.lines(List.of(row("{'name':['a','b'],'labels':{'env':'prod','row':7}}")));

    assertThat(lines.get(1)).isEqualTo("a,b   env=prod,row=7");
  }

  @Test
  void controlCharactersCannotForgeARow() {
    List<String> lines = TABLE.lines(List.of(row("{'name':'a\\nroot\\u001b[2J','labels':null}")));

    assertThat(lines.get(1)).isEqualTo("a?root?[2J  -");
  }

  private static JsonObject row(String json) {
    return JsonParser.parseString(json.replace('\'', '"')).getAsJsonObject();
  }
}
