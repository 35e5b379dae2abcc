package dev.alts.ca.operations;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
  private static final int BACKLOG = 32;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final OperationsProperties properties;
  private final Readiness readiness;
  private final PrometheusMeterRegistry metrics;
  private @Nullable Running running;

  private record Running(HttpServer server, ExecutorService calls) {}

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
    InetSocketAddress address = new InetSocketAddress(properties.address(), port);
    try {
      HttpServer server = HttpServer.create(address, BACKLOG);
      ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(calls);
      server.createContext("/", this::answer);
      server.start();
      running = new Running(server, calls);
      log.info("Operations port: address={}", server.getAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("alts.ca.operations.port: cannot listen on " + address, e);
    }
  }

  /** {@return where it listens} */
  synchronized int port() {
    if (running == null) {
      throw new IllegalStateException("operations port: not running");
    }
    return running.server().getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, TEXT, "only GET\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/livez" -> send(exchange, 200, TEXT, "alive\n");
        case "/readyz" -> sendReadiness(exchange);
        case "/metrics" -> send(exchange, 200, PROMETHEUS, metrics.scrape());
        default -> send(exchange, 404, TEXT, "only /livez, /readyz and /metrics\n");
      }
    }
  }

  private void sendReadiness(HttpExchange exchange) throws IOException {
    Map<String, String> problems = readiness.problems();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ready", problems.isEmpty());
    answer.put("problems", problems);
    send(
        exchange,
        problems.isEmpty() ? 200 : 503,
        JSON,
        JsonMapper.builder().build().writeValueAsString(answer) + "\n");
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public synchronized void stop() {
    Running stopping = running;
    running = null;
    if (stopping != null) {
      stopping.server().stop(0);
      stopping.calls().shutdown();
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
