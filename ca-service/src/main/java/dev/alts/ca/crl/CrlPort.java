package dev.alts.ca.crl;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.alts.ca.plainhttp.PlainHttpPort;
import dev.alts.identity.Bytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * {@code /crl/SHA-256.crl}, in plain HTTP, if it is configured: who is about to verify a
 * certificate cannot be asked to verify another one first, and a list is signed (RFC 5280
 * 4.2.1.13).
 */
final class CrlPort implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(CrlPort.class);

  /** A list may have megabytes: so many are in memory at a time, and no more. */
  private static final int MAX_AT_ONCE = 16;

  private static final int NO_BODY = -1;
  private static final Pattern PATH = Pattern.compile("/crl/([0-9a-f]{64})\\.crl");
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  private final CrlProperties properties;
  private final Crls crls;
  private final Semaphore atOnce = new Semaphore(MAX_AT_ONCE);
  private @Nullable PlainHttpPort running;

  CrlPort(CrlProperties properties, Crls crls) {
    this.properties = properties;
    this.crls = crls;
  }

  @Override
  public synchronized void start() {
    Integer port = properties.port();
    if (port == null) {
      return;
    }
    running =
        PlainHttpPort.listen(
            "alts.ca.crl.port", new InetSocketAddress(properties.address(), port), this::answer);
    log.info("Port of revocation lists: address={}", running.address());
  }

  /** {@return where it listens} */
  synchronized int port() {
    if (running == null) {
      throw new IllegalStateException("port of revocation lists: not running");
    }
    return running.address().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      if (!method.equals("GET") && !method.equals("HEAD")) {
        say(exchange, 405, "only GET and HEAD\n");
        return;
      }
      Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
      if (!path.matches()) {
        say(exchange, 404, "only /crl/SHA-256.crl, of an authority's public key\n");
        return;
      }
      if (!atOnce.tryAcquire()) {
        exchange.getResponseHeaders().set("Retry-After", "1");
        say(exchange, 503, "too many at once\n");
        return;
      }
      try {
        give(exchange, crls.find(Bytes.fromHex(path.group(1))));
      } catch (RuntimeException e) {
        log.warn("revocation list not given: cause={}", e.toString());
        say(exchange, 503, "the CA cannot read its lists now\n");
      } finally {
        atOnce.release();
      }
    }
  }

  private static void give(HttpExchange exchange, Optional<PublishedCrl> found) throws IOException {
    if (found.isEmpty()) {
      say(exchange, 404, "no such authority\n");
      return;
    }
    PublishedCrl list = found.get();
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", CrlHttp.CONTENT_TYPE);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Cache-Control", "public, max-age=" + CrlHttp.MAX_AGE.toSeconds());
    headers.set("ETag", CrlHttp.entityTag(list));
    headers.set("Last-Modified", HTTP_DATE.format(list.thisUpdate()));
    headers.set("Expires", HTTP_DATE.format(list.nextUpdate()));
    if (CrlHttp.entityTag(list).equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, NO_BODY);
    } else if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", Integer.toString(list.der().length()));
      exchange.sendResponseHeaders(200, NO_BODY);
    } else {
      exchange.sendResponseHeaders(200, list.der().length());
      exchange.getResponseBody().write(list.der().toByteArray());
    }
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    PlainHttpPort.say(exchange, status, "text/plain; charset=utf-8", text);
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
}
