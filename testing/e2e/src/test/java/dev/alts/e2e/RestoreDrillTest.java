package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.demo.Story;
import dev.alts.demo.scene.Cast;
import dev.alts.demo.scene.Opening;
import dev.alts.demo.stage.CertificateAuthority;
import dev.alts.demo.stage.Programs;
import dev.alts.demo.stage.Stage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The drill of docs/operate/backup.md, with real processes and the commands that it names. */
@Tag("chaos")
@Tag("abuse-58")
class RestoreDrillTest {
  private static final Pattern CODE = Pattern.compile("restore\\.confirm=([0-9a-f]{12})");

  private Stage stage;
  private Cast cast;

  @BeforeEach
  void openTheStage() throws Exception {
    stage = Stage.open(Programs.ofThisBuild());
    cast =
        new Opening(stage, new Story(new PrintStream(PrintStream.nullOutputStream()), false))
            .play();
  }

  @AfterEach
  void closeTheStage() {
    stage.close();
  }

  @Test
  void caWhoseDatabaseIsLostGoesOnFromItsBackupWithoutUsingAnythingTwice() throws Exception {
    Path backup = stage.path("backup");
    cast.admin()
        .ask("backup", backup.toString(), "--operator-socket=" + cast.ca().operatorSocket());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");
    cast.admin().ask("machine", "rotate", Cast.MACHINE);
    cast.shop().await("rotated");
    Set<String> before = serials();
    cast.shop().tell("keep-calling " + cast.paymentsAddress());

    cast.ca().process().crash();
    deleteDatabase(cast.ca().operatorSocket().resolveSibling("database"));
    String code = refusal(backup);
    CertificateAuthority restored = cast.ca().startAgain(stage, restore(backup, code));

    assertThat(restored.rootFingerprint()).isEqualTo(cast.ca().rootFingerprint());
    cast.admin().ask("machine", "rotate", Cast.MACHINE);
    cast.shop().await("rotated");
    JsonObject report = cast.shop().ask("stop", "stopped");
    assertThat(report.get("calls").getAsInt()).isPositive();
    assertThat(report.getAsJsonObject("failures").entrySet()).isEmpty();
    assertThat(cast.startClient("shop").await("identity").get("spiffeId").getAsString())
        .isEqualTo("spiffe://demo.alts/demo/shop");
    Set<String> after = serials();
    after.removeAll(before);
    assertThat(after).as("serials of the new life").isNotEmpty();
    assertThat(after).allSatisfy(serial -> assertThat(serial).hasSizeGreaterThan(24));
  }

  private String refusal(Path backup) {
    return assertThatThrownBy(() -> cast.ca().startAgain(stage, restore(backup, "")))
        .hasMessageContaining("This database was restored from the backup")
        .actual()
        .getMessage()
        .transform(RestoreDrillTest::code);
  }

  private static String code(String said) {
    Matcher code = CODE.matcher(said);
    assertThat(code.find()).as(said).isTrue();
    return code.group(1);
  }

  private static Map<String, String> restore(Path backup, String code) {
    return Map.of("ALTS_CA_RESTORE_FILE", backup.toString(), "ALTS_CA_RESTORE_CONFIRM", code);
  }

  private Set<String> serials() throws Exception {
    Set<String> serials = new HashSet<>();
    JsonArray items = cast.admin().ask("cert", "list", "--limit=1000").getAsJsonArray();
    for (JsonElement item : items) {
      assertThat(serials.add(item.getAsJsonObject().get("serial").getAsString())).isTrue();
    }
    return serials;
  }

  /** The database's server outlives its CA: it is stopped with what it stands on. */
  private static void deleteDatabase(Path directory) throws IOException {
    Path pid = directory.resolve("cluster/postmaster.pid");
    if (Files.exists(pid)) {
      long server = Long.parseLong(Files.readAllLines(pid).getFirst());
      ProcessHandle.of(server)
          .ifPresent(process -> {
            process.destroy();
            process.onExit().join();
          });
    }
    try (Stream<Path> below = Files.walk(directory)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
