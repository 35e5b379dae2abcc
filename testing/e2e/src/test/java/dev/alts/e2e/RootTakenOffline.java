package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.stage.CommandLine;
import dev.alts.demo.stage.CommandLine.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What an admin does to keep the root's private key away from the CA. */
final class RootTakenOffline {
  private static final long LIMIT = Duration.ofMinutes(2).toNanos();
  private static final String REASON = "--reason=e2e";

  private final CommandLine admin;
  private final CommandLine offline;
  private final Path key;
  private final Path request;
  private final Path signed;

  /**
   * @param directory of the machine that stays offline
   */
  RootTakenOffline(Cast cast, Path directory) {
    this.admin = cast.admin();
    this.offline = new CommandLine(cast.stage(), cast.ca(), "offline");
    this.key = directory.resolve("root.key");
    this.request = directory.resolve("request.json");
    this.signed = directory.resolve("signed.json");
  }

  void take() throws Exception {
    JsonObject root = object(offline.ask("offline-root", "new-key", "--out=" + key));
    assertThat(Files.getPosixFilePermissions(key)).hasSize(2);

    admin.ask(
        "authority",
        "root",
        "prepare",
        "--public-key=" + root.get("publicKey").getAsString(),
        REASON);
    assertThat(admin.tryTo("", "authority", "root", "activate", REASON, "--force").exitCode())
        .as("without signed documents")
        .isEqualTo(1);
    admin.ask("offline-root", "export", "--out=" + request, REASON);
    offline.ask("offline-root", "sign", "--key=" + key, "--in=" + request, "--out=" + signed);
    admin.ask("offline-root", "import", "--in=" + signed, REASON);
    activate();

    JsonElement roots = admin.ask("authority", "root", "list");
    assertThat(object(roots.getAsJsonArray().asList().getLast()).get("fingerprint"))
        .isEqualTo(root.get("fingerprint"));
  }

  /** Tries until every agent has heard of it. */
  private void activate() throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT;
    Outcome outcome = admin.tryTo("", "authority", "root", "activate", REASON);
    while (outcome.exitCode() != 0) {
      assertThat(System.nanoTime()).as(outcome.log()).isLessThan(deadline);
      LockSupport.parkNanos(500_000_000);
      outcome = admin.tryTo("", "authority", "root", "activate", REASON);
    }
  }

  private static JsonObject object(JsonElement element) {
    return element.getAsJsonObject();
  }
}
