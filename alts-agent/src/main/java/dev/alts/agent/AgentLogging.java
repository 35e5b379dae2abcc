package dev.alts.agent;

import java.io.PrintWriter;
import java.io.StringWriter;
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

  static void configure(Level level) {
    LogManager.getLogManager().reset();
    Handler console = new ConsoleHandler();
    console.setLevel(Level.ALL);
    console.setFormatter(new OneLine());
    ROOT.addHandler(console);
    ROOT.setLevel(Level.WARNING);
    OUR_LOGGER.setLevel(level);
    NETTY_BOOTSTRAP.setLevel(Level.SEVERE);
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
