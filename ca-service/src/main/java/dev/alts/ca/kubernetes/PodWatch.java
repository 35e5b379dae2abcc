package dev.alts.ca.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All pods of a cluster, by list and watch (Kubernetes API concepts, "Efficient detection of
 * changes"): a list in pages, then changes from its resource version on, with bookmarks; when the
 * server does not remember that version any more, a list again. Thread-safe.
 *
 * <p>Memory is bounded: few fields of a pod are kept, and so many pods, lines of so many bytes.
 */
final class PodWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PodWatch.class);

  /** Kubernetes itself goes to 150,000. */
  private static final int MAX_PODS = 200_000;

  /** No object of etcd is bigger than 1.5 MiB. */
  private static final int MAX_LINE_BYTES = 4 << 20;

  private static final int MAX_PAGE_BYTES = 64 << 20;
  private static final int PAGE = 250;
  private static final int WATCH_SECONDS = 240;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** A watch of this length was one. */
  private static final Duration LASTED = Duration.ofSeconds(5);

  private static final Duration LONGEST_PAGE = Duration.ofMinutes(1);
  private static final int GONE = 410;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxStringLength(2 << 20)
                          .build())
                  .build())
          .build();

  private final ApiServer server;
  private final Thread thread;
  private volatile @Nullable Map<String, Pod> pods;
  private volatile boolean live;
  private volatile boolean closed;
  private @Nullable String version;

  PodWatch(ApiServer server) {
    this.server = server;
    this.thread = Thread.ofVirtual().name("pod-watch").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** The server has not said yet what there is, or changes do not arrive just now. */
  static final class NotCurrentException extends Exception {
    private static final long serialVersionUID = 1;

    NotCurrentException() {
      super("the API server of the cluster is not heard at the moment");
    }
  }

  /**
   * {@return the pod of this UID; empty: there is none}
   *
   * @throws NotCurrentException if it is not known whether there is one
   */
  Optional<Pod> find(String uid) throws NotCurrentException {
    Map<String, Pod> known = pods;
    if (known == null) {
      throw new NotCurrentException();
    }
    Pod pod = known.get(uid);
    if (pod == null && !live) {
      throw new NotCurrentException();
    }
    return Optional.ofNullable(pod);
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      long began = System.nanoTime();
      try {
        if (version == null) {
          list();
        }
        watch();
        // A server that ends every watch at once is not asked in a loop without pauses.
        boolean lasted = System.nanoTime() - began > LASTED.toNanos();
        pause = lasted ? FIRST_PAUSE : longer(pause);
      } catch (IOException | JacksonException e) {
        live = false;
        log.warn("pods of the cluster not heard: {}", e.toString());
        pause = longer(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      if (!sleep(pause)) {
        return;
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private static boolean sleep(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What was known stays until the whole list is there. */
  private void list() throws IOException, InterruptedException {
    Map<String, Pod> listed = new ConcurrentHashMap<>();
    String next = "";
    String listedVersion;
    do {
      JsonNode page = page(next);
      for (JsonNode item : page.path("items")) {
        Pod.of(item).ifPresent(pod -> listed.put(pod.uid(), pod));
      }
      if (listed.size() > MAX_PODS) {
        throw new IOException("more than %d pods".formatted(MAX_PODS));
      }
      next = page.at("/metadata/continue").asString("");
      listedVersion = page.at("/metadata/resourceVersion").asString("");
    } while (!next.isEmpty());
    if (listedVersion.isEmpty()) {
      throw new IOException("a list without resourceVersion");
    }
    pods = listed;
    version = listedVersion;
    log.info("pods of the cluster listed: {}", listed.size());
  }

  private JsonNode page(String next) throws IOException, InterruptedException {
    String path = "/api/v1/pods?limit=" + PAGE;
    if (!next.isEmpty()) {
      path += "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
    }
    HttpResponse<InputStream> answer = server.get(path);
    try (InputStream body = answer.body()) {
      if (answer.statusCode() != 200) {
        throw new IOException("list: status " + answer.statusCode());
      }
      Thread end = closing(body, LONGEST_PAGE);
      byte[] bytes;
      try {
        bytes = body.readNBytes(MAX_PAGE_BYTES + 1);
      } finally {
        end.interrupt();
      }
      if (bytes.length > MAX_PAGE_BYTES) {
        throw new IOException("list: a page of more than %d bytes".formatted(MAX_PAGE_BYTES));
      }
      return JSON.readTree(bytes);
    }
  }

  private void watch() throws IOException, InterruptedException {
    String from = version;
    if (from == null) {
      return;
    }
    HttpResponse<InputStream> answer =
        server.get(
            "/api/v1/pods?watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s"
                .formatted(WATCH_SECONDS, URLEncoder.encode(from, StandardCharsets.UTF_8)));
    try (InputStream body = answer.body()) {
      if (answer.statusCode() == GONE) {
        version = null;
        live = false;
        return;
      }
      if (answer.statusCode() != 200) {
        throw new IOException("watch: status " + answer.statusCode());
      }
      live = true;
      follow(body);
    }
  }

  private void follow(InputStream body) throws IOException {
    Thread end = closing(body, Duration.ofSeconds(WATCH_SECONDS + 30L));
    try {
      for (byte[] line = line(body); line.length > 0; line = line(body)) {
        if (!apply(JSON.readTree(line))) {
          return;
        }
      }
    } finally {
      end.interrupt();
    }
  }

  /** A connection that has died without a word must not stay for ever. */
  private static Thread closing(InputStream body, Duration after) {
    return Thread.ofVirtual()
        .name("pod-watch-end")
        .start(() -> {
          if (sleep(after)) {
            try {
              body.close();
            } catch (IOException e) {
              log.debug("closing an answer: {}", e.toString());
            }
          }
        });
  }

  /** {@return a line; empty: the server has ended the watch} */
  private static byte[] line(InputStream body) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int b = body.read();
      if (b < 0) {
        if (line.size() > 0) {
          throw new EOFException("watch: it ends in the middle of an event");
        }
        return new byte[0];
      }
      if (b != '\n') {
        if (line.size() >= MAX_LINE_BYTES) {
          throw new IOException("watch: an event of more than %d bytes".formatted(MAX_LINE_BYTES));
        }
        line.write(b);
      } else if (line.size() > 0) {
        return line.toByteArray();
      }
    }
  }

  /** {@return whether the watch goes on} */
  private boolean apply(JsonNode event) throws IOException {
    JsonNode object = event.path("object");
    String uid = object.at("/metadata/uid").asString("");
    Map<String, Pod> known = pods;
    if (known == null) {
      throw new IOException("watch: before the list");
    }
    switch (event.path("type").asString("")) {
      case "ADDED", "MODIFIED" -> {
        Optional<Pod> pod = Pod.of(object);
        if (pod.isPresent() && (known.containsKey(uid) || known.size() < MAX_PODS)) {
          known.put(uid, pod.get());
        } else {
          known.remove(uid);
        }
      }
      case "DELETED" -> known.remove(uid);
      case "BOOKMARK" -> log.debug("bookmark");
      case "ERROR" -> {
        // Status, usually 410: that version is not remembered any more.
        version = null;
        live = false;
        return false;
      }
      default -> throw new IOException("watch: an event of an unknown type");
    }
    String newest = object.at("/metadata/resourceVersion").asString("");
    if (!newest.isEmpty()) {
      version = newest;
    }
    return true;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    server.close();
  }
}
