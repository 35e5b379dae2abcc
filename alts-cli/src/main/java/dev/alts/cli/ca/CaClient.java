package dev.alts.cli.ca;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The CA's REST interface. Whom it trusts and who is calling is decided by the TLS context.
 *
 * <p>Every method returns the CA's answer or throws a {@link CommandFailedException} with the CA's
 * own explanation.
 */
public final class CaClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(60);

  /** Kept until a second admin approves. */
  private static final int ACCEPTED = 202;

  /** Too often: nothing was done. */
  private static final int TOO_MANY = 429;

  private static final int MOST_WAITS = 3;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

  /** What a replica answers before it has looked at the request. */
  private static final int UNAVAILABLE = 503;

  /** What a CA says of an operation that it does not have: it denies what it does not know. */
  private static final Set<Integer> NOTHING_THERE = Set.of(401, 403, 404);

  /**
   * The largest answer, a snapshot with a full revocation list, is half of this. At first contact
   * nobody knows yet who answers, so no answer may take what memory there is (abuse-60).
   */
  private static final int MAX_ANSWER_BYTES = 64 << 20;

  private final CaAddresses addresses;
  private final HttpClient http;

  public CaClient(CaAddresses addresses, SSLContext tls) {
    this.addresses = addresses;
    this.http =
        HttpClient.newBuilder()
            .sslContext(tls)
            .connectTimeout(CONNECT_TIMEOUT)
            // an answer that sends us elsewhere is not from the CA's own interface
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  public CaAddresses addresses() {
    return addresses;
  }

  public JsonObject get(String path) {
    return json(send(replica -> request(replica, path).GET().build()));
  }

  /** {@return the protobuf message at {@code path}, as bytes} */
  public byte[] getProtobuf(String path) {
    return send(protobuf(path));
  }

  /** {@return the list of revoked certificates at {@code path}, DER} */
  public byte[] getCrl(String path) {
    return send(replica ->
        request(replica, path).setHeader("Accept", "application/pkix-crl").GET().build());
  }

  /**
   * {@return the protobuf message at {@code path}; empty: there is nothing at {@code path} for us}
   */
  public Optional<byte[]> findProtobuf(String path) {
    Answer answer = answer(protobuf(path));
    return NOTHING_THERE.contains(answer.status) ? Optional.empty() : Optional.of(accepted(answer));
  }

  private static Call protobuf(String path) {
    return replica ->
        request(replica, path).setHeader("Accept", "application/x-protobuf").GET().build();
  }

  public JsonObject post(String path, JsonObject body) {
    return json(
        send(replica -> asking(replica, path).POST(new OfferedBody(body.toString())).build()));
  }

  public JsonObject put(String path, JsonObject body) {
    return json(
        send(replica -> asking(replica, path).PUT(new OfferedBody(body.toString())).build()));
  }

  /**
   * Puts {@code body} in the place of this version; refused if there is another by now.
   *
   * <p>A CA that does not know the condition yet puts it in the place of whichever there is.
   */
  public JsonObject replace(String path, long version, JsonObject body) {
    return json(
        send(replica ->
            asking(replica, path)
                .setHeader("If-Match", "\"%d\"".formatted(version))
                .PUT(new OfferedBody(body.toString()))
                .build()));
  }

  /** {@return the items of the list at {@code path}, following its pages up to {@code limit}} */
  public List<JsonObject> list(String path, int limit) {
    List<JsonObject> items = new ArrayList<>();
    String cursor = "";
    while (cursor != null && items.size() < limit) {
      JsonObject page = get(cursor.isEmpty() ? path : Query.add(path, "after", cursor));
      for (JsonElement item : page.getAsJsonArray("items")) {
        if (items.size() < limit) {
          items.add(item.getAsJsonObject());
        }
      }
      cursor = text(page, "next");
    }
    return items;
  }

  @Override
  public void close() {
    http.close();
  }

  private static HttpRequest.Builder request(CaAddress replica, String path) {
    return HttpRequest.newBuilder(replica.resolve(path))
        .timeout(REQUEST_TIMEOUT)
        .setHeader("Accept", "application/json")
        .setHeader("Content-Type", "application/json");
  }

  /** The body goes only to a replica that says it takes it. */
  private static HttpRequest.Builder asking(CaAddress replica, String path) {
    return request(replica, path).expectContinue(true);
  }

  private byte[] send(Call call) {
    return accepted(answer(call));
  }

  private Answer answer(Call call) {
    Answer answer;
    try {
      answer = send(call, addresses.all().iterator());
      for (int waits = 0; answer.isToBeAskedAgain() && waits < MOST_WAITS; waits++) {
        Thread.sleep(answer.retryAfter);
        answer = send(call, addresses.all().iterator());
      }
    } catch (IOException e) {
      throw notReached(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted", null, e);
    }
    if (answer.body.length > MAX_ANSWER_BYTES) {
      throw CommandFailedException.refused(
          "what answers at %s sends more than the CA ever does".formatted(addresses),
          "check the address (--ca HOST:PORT)");
    }
    return answer;
  }

  private static byte[] accepted(Answer answer) {
    if (answer.status == ACCEPTED) {
      JsonObject approval = json(answer.body);
      String id = Objects.requireNonNullElse(text(approval, "id"), "ID");
      throw CommandFailedException.awaitsApproval(
          "not done yet: %s of %s takes a second admin, until %s"
              .formatted(
                  text(approval, "kind"), text(approval, "target"), text(approval, "expiresAt")),
          "another admin: altsctl approval show %1$s; altsctl approval approve %1$s --reason TEXT"
              .formatted(id));
    }
    if (answer.status / 100 != 2) {
      throw Problem.of(answer.status, answer.body).asFailure();
    }
    return answer.body;
  }

  /** Goes on to the next replica only where this one surely did nothing, or nothing new. */
  private Answer send(Call call, Iterator<CaAddress> replicas)
      throws IOException, InterruptedException {
    HttpRequest request = call.at(replicas.next());
    try {
      Answer answer = Answer.of(http.send(request, BodyHandlers.ofInputStream()));
      return answer.status == UNAVAILABLE && replicas.hasNext() ? send(call, replicas) : answer;
    } catch (IOException e) {
      boolean notReached =
          e instanceof ConnectException || e instanceof HttpConnectTimeoutException;
      if (replicas.hasNext() && (notReached || mayBeAskedElsewhere(request, e))) {
        return send(call, replicas);
      }
      throw e;
    }
  }

  /**
   * {@return whether a request that was broken off did nothing, or nothing new}
   *
   * <p>A replica that goes away closes connections that it has accepted and not yet served, TLS
   * handshakes among them. It does nothing before it has the whole body.
   */
  private static boolean mayBeAskedElsewhere(HttpRequest request, IOException e) {
    return stranger(e) == null
        && request.bodyPublisher().stream()
            .noneMatch(body -> !(body instanceof OfferedBody offered) || offered.wasTaken());
  }

  /** A status and at most one byte more than an answer may have. */
  private static final class Answer {
    private final int status;
    private final byte[] body;
    private final Duration retryAfter;

    private Answer(int status, byte[] body, Duration retryAfter) {
      this.status = status;
      this.body = body;
      this.retryAfter = retryAfter;
    }

    /** {@return whether the CA did nothing because we ask too often, and says to wait a little} */
    private boolean isToBeAskedAgain() {
      return status == TOO_MANY
          && retryAfter.isPositive()
          && retryAfter.compareTo(LONGEST_WAIT) <= 0;
    }

    private static Answer of(HttpResponse<InputStream> response) throws IOException {
      try (InputStream in = response.body()) {
        Duration retryAfter =
            response
                .headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("[0-9]{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(Duration.ZERO);
        return new Answer(response.statusCode(), in.readNBytes(MAX_ANSWER_BYTES + 1), retryAfter);
      }
    }
  }

  /** One request, wherever it goes. */
  @FunctionalInterface
  private interface Call {
    HttpRequest at(CaAddress replica);
  }

  private CommandFailedException notReached(IOException e) {
    CertificateException stranger = stranger(e);
    if (stranger != null) {
      return CommandFailedException.failed(
          "what answers at %s is not the CA that you logged in to: %s"
              .formatted(addresses, stranger.getMessage()),
          "check the address (--ca); if the CA was set up anew, log in again",
          e);
    }
    if (e instanceof SSLException) {
      return CommandFailedException.failed(
          "the CA at %s refused the connection: %s".formatted(addresses, e.getMessage()),
          "your login may have expired or been revoked: altsctl login",
          e);
    }
    return CommandFailedException.unreachable(
        "no CA answers at %s".formatted(addresses),
        "check that it runs and that the address is right (--ca HOST:PORT or ALTS_CA)",
        e);
  }

  /** {@return why who answers is not our CA, if that is what failed: nobody else is asked then} */
  private static @Nullable CertificateException stranger(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException stranger) {
        return stranger;
      }
    }
    return null;
  }

  private static JsonObject json(byte[] body) {
    if (body.length == 0) {
      return new JsonObject();
    }
    try {
      return JsonParser.parseString(new String(body, StandardCharsets.UTF_8)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw CommandFailedException.failed(
          "the CA's answer is not JSON", "check that --ca names the REST port of the CA", e);
    }
  }

  private static @Nullable String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || value.isJsonNull() ? null : value.getAsString();
  }
}
