package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.stage.CommandLine;
import dev.alts.demo.stage.CommandLine.Outcome;
import dev.alts.demo.stage.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What an admin does to replace every key of a trust domain, as they do it: with altsctl. */
final class FleetRotation {
  private static final long LIMIT = Duration.ofMinutes(4).toNanos();
  private static final String REASON = "--reason=e2e";

  /** That each client has. */
  private static final int CALLERS = 4;

  private final Cast cast;
  private final CommandLine admin;
  private final List<Workload> callers = new ArrayList<>();

  FleetRotation(Cast cast) {
    this.cast = cast;
    this.admin = cast.admin();
  }

  void prepare() throws InterruptedException {
    step("prepare");
  }

  /** Activates when every agent holds the document that names the new authorities. */
  void activateWhenAllKnow() throws InterruptedException {
    await("authority", "check", "activate", "--all");
    step("activate");
  }

  void taint() throws InterruptedException {
    step("taint");
  }

  /** Revokes when nobody needs the old authorities any more. */
  void revokeWhenNobodyIsLeftBehind() throws InterruptedException {
    await("authority", "check", "revoke", "--all");
    step("revoke");
  }

  void succeedRoot() throws InterruptedException {
    JsonElement unused = admin.ask("authority", "root", "prepare", REASON);
    await("authority", "root", "activate", REASON);
  }

  void prepareDocumentKeys() throws InterruptedException {
    await("authority", "document-keys", "prepare", REASON);
  }

  void activateDocumentKeysWhenAllKnow() throws InterruptedException {
    await("authority", "document-keys", "activate", REASON);
  }

  void retireDocumentKeysWhenNothingRestsOnThem() throws InterruptedException {
    await("authority", "document-keys", "retire", REASON);
    assertThat(texts(admin.ask("authority", "document-keys", "list"), "signs", "state"))
        .containsExactly(
            "revocation list signing", "naming policy signing", "audit checkpoint signing");
  }

  /** {@return "kind state" of each authority in the trust document} */
  List<String> authorities() throws InterruptedException {
    return texts(admin.ask("authority", "list"), "kind", "state");
  }

  List<String> rootStates() throws InterruptedException {
    return texts(admin.ask("authority", "root", "list"), "state");
  }

  Outcome tryTo(String... arguments) throws InterruptedException {
    return admin.tryTo("", arguments);
  }

  private void step(String step) throws InterruptedException {
    JsonObject moved = admin.ask("authority", step, "--all", REASON).getAsJsonObject();
    assertThat(moved.getAsJsonArray("authorities")).hasSize(3);
  }

  /** Tries until it is done; what is refused meanwhile says whom it waits for. */
  private void await(String... command) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT;
    Outcome outcome = tryTo(command);
    while (outcome.exitCode() != 0) {
      assertThat(System.nanoTime())
          .as("%s: %s %s", String.join(" ", command), outcome.output(), outcome.log())
          .isLessThan(deadline);
      LockSupport.parkNanos(500_000_000);
      outcome = tryTo(command);
    }
  }

  /** Lets several callers of each of these clients call over lasting and new connections. */
  void startCalls(Workload... clients) {
    for (Workload client : clients) {
      client.tell("crowd " + cast.paymentsAddress());
      callers.add(client);
    }
  }

  /** No call failed, on no connection: neither with a full handshake nor with a resumed one. */
  void assertThatNoCallFailed() throws InterruptedException {
    for (Workload client : callers) {
      List<JsonObject> reports = stop(client);
      assertThat(reports)
          .allSatisfy(report -> {
            assertThat(report.get("channels").getAsInt())
                .as("channels: %s", report)
                .isGreaterThan(1);
            assertThat(report.getAsJsonObject("failures").entrySet()).isEmpty();
          });
      assertThat(reports.stream().mapToInt(report -> report.get("resumed").getAsInt()).sum())
          .as("resumed sessions: %s", reports)
          .isPositive();
      assertThat(reports.getFirst().get("resumed").getAsInt()).isZero();
    }
  }

  /** {@return the report of each caller of this client, those without resumption first} */
  static List<JsonObject> stop(Workload client) throws InterruptedException {
    client.tell("stop");
    List<JsonObject> reports = new ArrayList<>();
    while (reports.size() < CALLERS) {
      reports.add(client.await("stopped"));
    }
    return reports;
  }

  /** A process that knows nothing of what was before joins in. */
  void assertThatANewWorkloadIsServed() throws InterruptedException {
    Workload workload = cast.startClient(Cast.SHOP);
    workload.await("identity");
    JsonObject call = workload.ask("call " + cast.paymentsAddress(), "called");
    assertThat(call.has("status")).as("call: %s", call).isFalse();
    workload.process().close();
  }

  private static List<String> texts(JsonElement list, String... fields) {
    return StreamSupport.stream(list.getAsJsonArray().spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .map(each ->
            String.join(
                " ", Stream.of(fields).map(field -> each.get(field).getAsString()).toList()))
        .toList();
  }
}
