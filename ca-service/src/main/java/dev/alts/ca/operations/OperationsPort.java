package dev.alts.ca.operations;

import com.sun.net.httpserver.HttpExchange;
import dev.alts.ca.plainhttp.PlainHttpPort;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code /livez}, {@code /readyz} and {@code /metrics}, in plain HTTP on a port of their own: a
 * probe has no certificate, and what it asks must be answered while TLS cannot be.
 *
 * <p>Starts before the ports that it tells about and stops after them.
 */
final class OperationsPort implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(OperationsPort.class);
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final OperationsProperties properties;
  private final Readiness readiness;
  private final PrometheusMeterRegistry metrics;
  private @Nullable PlainHttpPort running;

  OperationsPort(
      OperationsProperties properties, Readiness readiness, PrometheusMeterRegistry metrics) {
    this.properties = properties;
    this.readiness = readiness;
    this.metrics = metrics;
  }

  @Override
  public synchronized void start() {
    Integer port = properties.port();
    if (port == null) {
      return;
    }
    running =
        PlainHttpPort.listen(
            "alts.ca.operations.port",
            new InetSocketAddress(properties.address(), port),
            this::answer);
    log.info("Operations port: address={}", running.address());
  }

  /** {@return where it listens} */
  synchronized int port() {
    if (running == null) {
      throw new IllegalStateException("operations port: not running");
    }
    return running.address().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        PlainHttpPort.say(exchange, 405, TEXT, "only GET\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/livez" -> PlainHttpPort.say(exchange, 200, TEXT, "alive\n");
        case "/readyz" -> sendReadiness(exchange);
        case "/metrics" -> PlainHttpPort.say(exchange, 200, PROMETHEUS, metrics.scrape());
        default -> PlainHttpPort.say(exchange, 404, TEXT, "only /livez, /readyz and /metrics\n");
      }
    }
  }

  private void sendReadiness(HttpExchange exchange) throws IOException {
    Map<String, String> problems = readiness.problems();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ready", problems.isEmpty());
    answer.put("problems", problems);
    PlainHttpPort.say(
        exchange,
        problems.isEmpty() ? 200 : 503,
        JSON,
        JsonMapper.builder().build().writeValueAsString(answer) + "\n");
  }

  @Override
  public synchronized void stop() {
    PlainHttpPort stopping = running;
    running = null;
    if (stopping != null) {
      stopping.close();
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
