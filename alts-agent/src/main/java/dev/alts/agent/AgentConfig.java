package dev.alts.agent;

import dev.alts.agent.upstream.CaAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;

/**
 * What the agent is told at its start. Secrets are never among it, only files that hold them: every
 * local process can read a command line.
 *
 * @param ca where the replicas of the CA's Machine API listen
 * @param dataDirectory where the machine's keys live, mode 0700
 * @param socket where local processes connect
 * @param joinTokenFile file with a join token, for the first start
 * @param logJson whether log lines are JSON objects
 * @param traceCollector where spans are sent; absent: none are made
 * @param maxConnectionsPerUser how many connections one user may hold open
 * @param handshakerTcp where on loopback the handshaker listens as well; absent: nowhere
 */
public record AgentConfig(
    CaAddresses ca,
    Path dataDirectory,
    Path socket,
    @Nullable Path joinTokenFile,
    Level logLevel,
    boolean logJson,
    @Nullable URI traceCollector,
    int maxConnectionsPerUser,
    @Nullable InetSocketAddress handshakerTcp) {
  static final String USAGE =
      """
      usage: alts-agent --ca HOST:PORT [options]
        --ca HOST:PORT[,HOST:PORT...]  the CA's Machine API; with several replicas, any of them (or ALTS_CA)
        --join-token-file FILE         join token, for this machine's first start (or ALTS_JOIN_TOKEN_FILE)
        --data-dir DIR                 the machine's keys, mode 0700           (or ALTS_AGENT_DATA_DIR)
        --socket PATH                  where local processes connect           (or ALTS_AGENT_SOCKET)
        --handshaker-tcp ADDRESS:PORT  the handshaker for gRPC stacks, on loopback as well; default none
        --max-connections-per-user N   open connections of one user, default 4096
        --log-level LEVEL              error, warn, info or debug; default info
        --trace-collector URL          OpenTelemetry collector (OTLP over HTTP); default none
        --log-format FORMAT            text, or json with one object a line; default text
      """;

  private static final int DEFAULT_MAX_CONNECTIONS = 4096;
  private static final String DEFAULT_SOCKET = "/run/alts/agent.sock";
  private static final String DEFAULT_DATA_DIRECTORY = "/var/lib/alts/agent";

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "--ca", "ALTS_CA",
          "--join-token-file", "ALTS_JOIN_TOKEN_FILE",
          "--data-dir", "ALTS_AGENT_DATA_DIR",
          "--socket", "ALTS_AGENT_SOCKET");
  private static final List<String> OPTIONS =
      List.of(
          "--ca",
          "--join-token-file",
          "--data-dir",
          "--socket",
          "--handshaker-tcp",
          "--max-connections-per-user",
          "--log-level",
          "--log-format",
          "--trace-collector");

  /**
   * {@return the configuration; an argument wins over the environment}
   *
   * @throws IllegalArgumentException with a sentence for the operator
   */
  static AgentConfig parse(List<String> arguments, Map<String, String> environment) {
    Map<String, String> values = new HashMap<>();
    ENVIRONMENT.forEach((option, variable) -> {
      String value = environment.get(variable);
      if (value != null && !value.isBlank()) {
        values.put(option, value);
      }
    });
    Deque<String> rest = new ArrayDeque<>(arguments);
    while (!rest.isEmpty()) {
      String argument = rest.remove();
      int equals = argument.indexOf('=');
      String option = equals < 0 ? argument : argument.substring(0, equals);
      if (!OPTIONS.contains(option)) {
        throw new IllegalArgumentException("%s: no such option%n%s".formatted(option, USAGE));
      }
      String value = equals < 0 ? rest.poll() : argument.substring(equals + 1);
      if (value == null || value.isBlank()) {
        throw new IllegalArgumentException(option + ": expected a value");
      }
      values.put(option, value);
    }
    String ca = values.get("--ca");
    if (ca == null) {
      throw new IllegalArgumentException("--ca HOST:PORT is missing%n%s".formatted(USAGE));
    }
    String tokenFile = values.get("--join-token-file");
    return new AgentConfig(
        CaAddresses.parse(ca),
        Path.of(values.getOrDefault("--data-dir", DEFAULT_DATA_DIRECTORY)),
        Path.of(values.getOrDefault("--socket", DEFAULT_SOCKET)),
        tokenFile == null ? null : Path.of(tokenFile),
        level(values.getOrDefault("--log-level", "info")),
        json(values.getOrDefault("--log-format", "text")),
        collector(values.get("--trace-collector")),
        connections(values.get("--max-connections-per-user")),
        loopback(values.get("--handshaker-tcp")));
  }

  private static Level level(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "error" -> Level.SEVERE;
      case "warn" -> Level.WARNING;
      case "info" -> Level.INFO;
      case "debug" -> Level.FINE;
      default ->
          throw new IllegalArgumentException(
              "--log-level: \"%s\" (expected: error, warn, info or debug)".formatted(text));
    };
  }

  private static @Nullable URI collector(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      URI uri = URI.create(text);
      if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException notAUri) {
      // Falls through to the one message for all of it.
    }
    throw new IllegalArgumentException(
        "--trace-collector: \"%s\" (expected: http://HOST:PORT)".formatted(text));
  }

  /** Off loopback anybody could ask, and nobody's process could be found. */
  private static @Nullable InetSocketAddress loopback(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int colon = text.lastIndexOf(':');
    try {
      // Literals only: a name may lead elsewhere tomorrow.
      InetAddress address = InetAddress.ofLiteral(text.substring(0, Math.max(colon, 0)));
      int port = Integer.parseInt(text.substring(colon + 1));
      if (address.isLoopbackAddress() && port >= 0 && port <= 65_535) {
        return new InetSocketAddress(address, port);
      }
    } catch (IllegalArgumentException notAnAddress) {
      // Falls through to the one message for all of it.
    }
    throw new IllegalArgumentException(
        "--handshaker-tcp: \"%s\" (expected: a loopback address and a port, as 127.0.0.1:8080)"
            .formatted(text));
  }

  private static boolean json(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "json" -> true;
      case "text" -> false;
      default ->
          throw new IllegalArgumentException(
              "--log-format: \"%s\" (expected: text or json)".formatted(text));
    };
  }

  private static int connections(@Nullable String text) {
    if (text == null) {
      return DEFAULT_MAX_CONNECTIONS;
    }
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Falls through to the one message for all of it.
    }
    throw new IllegalArgumentException(
        "--max-connections-per-user: \"%s\" (expected: a number above 0)".formatted(text));
  }
}
