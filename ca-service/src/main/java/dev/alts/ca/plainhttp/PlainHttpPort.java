package dev.alts.ca.plainhttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A port in plain HTTP, for those who have no certificate to show and need none to believe what
 * they get. Each request has a thread of its own; strangers can hold it for a bounded time only.
 */
public final class PlainHttpPort implements AutoCloseable {
  private static final int BACKLOG = 32;
  private static final int NO_BODY = -1;

  static {
    // The JDK's server knows no end of a request or an answer by itself, and it reads these once in
    // a process, before the first port: strangers would keep its threads, files and answers for
    // ever.
    limit("sun.net.httpserver.maxReqTime", 15);
    limit("sun.net.httpserver.maxRspTime", 60);
    limit("jdk.httpserver.maxConnections", 512);
  }

  private final HttpServer server;
  private final ExecutorService calls;

  private PlainHttpPort(HttpServer server, ExecutorService calls) {
    this.server = server;
    this.calls = calls;
  }

  /**
   * {@return a port that listens}
   *
   * @param property that sets it, for the error
   * @throws UncheckedIOException if it cannot listen there
   */
  public static PlainHttpPort listen(
      String property, InetSocketAddress address, HttpHandler handler) {
    try {
      HttpServer server = HttpServer.create(address, BACKLOG);
      ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(calls);
      server.createContext("/", handler);
      server.start();
      return new PlainHttpPort(server, calls);
    } catch (IOException e) {
      throw new UncheckedIOException(property + ": cannot listen on " + address, e);
    }
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  /** {@return where it listens} */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Answers with a text; HEAD without it. */
  public static void say(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, NO_BODY);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    calls.shutdown();
  }
}
