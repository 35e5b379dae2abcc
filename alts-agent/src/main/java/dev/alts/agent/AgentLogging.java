package dev.alts.agent;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per event on standard error: time, level, where, what. */
final class AgentLogging {
  private static final String OURS = "dev.alts";

  // Held here, since the log manager keeps loggers by weak reference and would forget their levels.
  private static final Logger ROOT = Logger.getLogger("");
  private static final Logger OUR_LOGGER = Logger.getLogger(OURS);

  // Warns once per connection about SO_KEEPALIVE, which Unix sockets do not have.
  private static final Logger NETTY_BOOTSTRAP =
      Logger.getLogger("io.netty.bootstrap.ServerBootstrap");

  private AgentLogging() {}

  static void configure(Level level, boolean json) {
    LogManager.getLogManager().reset();
    Handler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(json ? new JsonLine() : new OneLine());
    ROOT.addHandler(console);
    ROOT.setLevel(Level.WARNING);
    OUR_LOGGER.setLevel(level);
    NETTY_BOOTSTRAP.setLevel(Level.SEVERE);
  }

  /** One JSON object a line; whatever is in a message cannot leave its string. */
  static final class JsonLine extends Formatter {
    @Override
    public String format(LogRecord event) {
      StringWriter text = new StringWriter();
      try (JsonWriter json = new JsonWriter(text)) {
        json.beginObject();
        json.name("time").value(event.getInstant().toString());
        json.name("level").value(event.getLevel().getName());
        json.name("logger").value(event.getLoggerName());
        json.name("message").value(formatMessage(event));
        if (event.getThrown() != null) {
          StringWriter trace = new StringWriter();
          event.getThrown().printStackTrace(new PrintWriter(trace));
          json.name("trace").value(trace.toString());
        }
        json.endObject();
      } catch (IOException e) {
        throw new UncheckedIOException("writing into memory", e);
      }
      return text + "\n";
    }
  }

  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord event) {
      String name = String.valueOf(event.getLoggerName());
      StringBuilder line =
          new StringBuilder()
              .append(event.getInstant())
              .append(' ')
              .append(event.getLevel())
              .append(' ')
              .append(name.substring(name.lastIndexOf('.') + 1))
              .append(' ')
              // What others chose may be in it: a line break would forge a line.
              .append(formatMessage(event).replace('\n', ' ').replace('\r', ' '))
              .append('\n');
      if (event.getThrown() != null) {
        StringWriter trace = new StringWriter();
        event.getThrown().printStackTrace(new PrintWriter(trace));
        line.append(trace);
      }
      return line.toString();
    }
  }
}
