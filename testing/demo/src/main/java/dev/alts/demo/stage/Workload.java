package dev.alts.demo.stage;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A workload of the demo, running: it takes commands and tells events, one a line. */
public final class Workload {
  private static final long LIMIT_SECONDS = 60;

  private final Child process;
  private final BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
  // the newest that it told of its credentials
  private JsonObject credentials = new JsonObject();

  private Workload(Child process) {
    this.process = process;
    // Reading a pipe blocks its thread in the kernel: virtual ones would take every carrier of a
    // small machine.
    Thread.ofPlatform().daemon().name("events of " + process.name()).start(this::read);
  }

  /** Starts {@code mainClass} as the workload {@code name}, with credentials from this agent. */
  public static Workload start(
      Stage stage, String name, String mainClass, Path agentSocket, String... arguments) {
    return new Workload(
        stage.startWorkload(
            name,
            List.of(stage.programs().demo()),
            mainClass,
            List.of(arguments),
            Map.of("ALTS_AGENT_SOCKET", agentSocket.toString())));
  }

  /**
   * Starts {@code mainClass} of the plain gRPC program as the workload {@code name}.
   *
   * @param variables of its environment; what is on its class path decides whether it looks at them
   */
  public static Workload startPlain(
      Stage stage,
      String name,
      PlainProgram program,
      Map<String, String> variables,
      String... arguments) {
    return new Workload(
        stage.startWorkload(
            name,
            program.jars(stage.programs()),
            program.mainClass(),
            List.of(arguments),
            variables));
  }

  public Child process() {
    return process;
  }

  /** {@return the revocation ID of the certificate that the workload has now} */
  public synchronized String certificate() {
    return certificate(credentials);
  }

  /** Waits until the workload has another certificate than this. */
  public void awaitCertificateOtherThan(String revocationId) throws InterruptedException {
    awaitCredentials(now -> !certificate(now).equals(revocationId));
  }

  /** Waits until what the workload holds is as wanted; it may have told so already. */
  public synchronized void awaitCredentials(Predicate<JsonObject> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!wanted.test(credentials)) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw process.failure("has not the credentials that were expected: " + credentials);
      }
      wait(left);
    }
  }

  /** {@return the next event of this name; others before it are dropped} */
  public JsonObject await(String event) throws InterruptedException {
    return await(event, _ -> true);
  }

  /** {@return the next event of this name that is wanted; others before it are dropped} */
  public JsonObject await(String event, Predicate<JsonObject> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      JsonObject next = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw process.failure("did not tell \"%s\" in time".formatted(event));
      }
      if (name(next).equals("ended")) {
        throw process.failure("ended before it told \"%s\"".formatted(event));
      }
      if (name(next).equals(event) && wanted.test(next)) {
        return next;
      }
    }
  }

  /** Sends a command and returns the event that answers it. */
  public JsonObject ask(String command, String event) throws InterruptedException {
    tell(command);
    return await(event);
  }

  public void tell(String command) {
    try {
      process.input().write(command + "\n");
      process.input().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(process.name() + " does not read its commands", e);
    }
  }

  private void read() {
    process.output().lines().map(JsonParser::parseString).forEach(this::accept);
    JsonObject ended = new JsonObject();
    ended.addProperty("event", "ended");
    events.add(ended);
  }

  private void accept(JsonElement line) {
    JsonObject event = line.getAsJsonObject();
    if (event.has("revocationId")) {
      hold(event);
    }
    events.add(event);
  }

  private synchronized void hold(JsonObject fresh) {
    credentials = fresh;
    notifyAll();
  }

  private static String certificate(JsonObject credentials) {
    return credentials.has("revocationId") ? credentials.get("revocationId").getAsString() : "";
  }

  private static String name(JsonObject event) {
    return event.get("event").getAsString();
  }
}
