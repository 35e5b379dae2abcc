package dev.alts.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class AgentLoggingTest {
  @Test
  void aJsonLineIsOneObjectWhateverTheMessageHolds() {
    LogRecord event = new LogRecord(Level.WARNING, "refused: \"a\nb\", {\"level\":\"INFO\"}");
    event.setLoggerName("dev.alts.agent.Agent");
    event.setThrown(new IllegalStateException("why"));

    String line = new AgentLogging.JsonLine().format(event);

    assertThat(line.strip()).doesNotContain("\n");
    JsonObject parsed = JsonParser.parseString(line).getAsJsonObject();
    assertThat(parsed.get("level").getAsString()).isEqualTo("WARNING");
    assertThat(parsed.get("message").getAsString())
        .isEqualTo("refused: \"a\nb\", {\"level\":\"INFO\"}");
    assertThat(parsed.get("logger").getAsString()).isEqualTo("dev.alts.agent.Agent");
    assertThat(parsed.get("trace").getAsString()).contains("IllegalStateException: why");
  }
}
