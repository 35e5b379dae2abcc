package dev.alts.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.document.RootFingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class KeyEncryptionKeyRotationTest {
  private CaCore before;
  private RootFingerprint root;
  private Path oldKey;
  private Path newKey;

  @BeforeEach
  void aCaWithWrappedKeys() {
    before = CaCore.start();
    root = before.bean(TrustDocuments.class).rootFingerprint();
    oldKey = before.home().resolve("kek/key-encryption-key");
    newKey = before.home().resolve("kek/next");
  }

  @AfterEach
  void stop() {
    before.close();
  }

  @Test
  void everyRowIsWrappedAgainAndTheOldKeyIsRefusedAfterwards() throws Exception {
    List<String> wrapped = wrapped(before.jdbc());
    before.close();

    try (CaCore rotated = start(newKey, oldKey)) {
      assertThat(rotated.bean(TrustDocuments.class).rootFingerprint()).isEqualTo(root);
      assertThat(wrapped(rotated.jdbc()))
          .hasSameSizeAs(wrapped)
          .doesNotContainAnyElementsOf(wrapped);
      assertThat(
              rotated
                  .jdbc()
                  .queryForList(
                      "select body from audit_event where type = 'OperatorActed'", String.class))
          .singleElement()
          .asString()
          .contains("key-encryption key replaced");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(newKey)))
        .isEqualTo("rw-------");

    assertThatThrownBy(() -> start(oldKey, null))
        .rootCause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("is not the one under which the keys in the database are wrapped");
    start(newKey, null).close();
  }

  @Test
  void startWithTheSameOptionsAgainChangesNothingAndNeedsTheOldKeyNoMore() throws Exception {
    before.close();
    start(newKey, oldKey).close();
    Files.delete(oldKey);

    try (CaCore again = start(newKey, oldKey)) {
      assertThat(again.bean(TrustDocuments.class).rootFingerprint()).isEqualTo(root);
    }
  }

  @Test
  void rotationThatFailsHalfWayLeavesTheOldKeyInForceAndIsDoneByTheNextStart() {
    JdbcTemplate jdbc = before.jdbc();
    jdbc.execute(
        """
        create function fail_late() returns trigger language plpgsql as
          $$ begin raise exception 'disk full'; end $$
        """);
    jdbc.execute(
        "create trigger fail_late before update on key_custody for each row execute function"
            + " fail_late()");
    List<String> wrapped = wrapped(jdbc);
    assertThatThrownBy(() -> start(newKey, oldKey, true)).hasStackTraceContaining("disk full");
    assertThat(wrapped(jdbc)).isEqualTo(wrapped);
    jdbc.execute("drop function fail_late() cascade");
    before.close();

    start(oldKey, null).close();
    start(newKey, oldKey).close();

    assertThatThrownBy(() -> start(oldKey, null))
        .rootCause()
        .isInstanceOf(StartRefusedException.class);
  }

  @Test
  void replicaThatStillHoldsTheOldKeyMakesNoKeyThatTheOthersCouldNotOpen() {
    start(newKey, oldKey, true).close();

    assertThatThrownBy(() -> before.bean(SigningKeys.class).create(KeyPurpose.NAMING))
        .isInstanceOf(WrappedKeyException.class)
        .hasMessageContaining("start this replica with the new one");
    assertThat(before.issueWorkload("/web").der()).as("it signs with what it holds").isNotNull();
  }

  @Test
  void previousKeyIsRefusedIfItIsMissingWrongForAllToReadOrInTheDataDirectory() throws Exception {
    before.close();
    Path wrong = before.home().resolve("kek/wrong");
    new KeyEncryptionKeyFile(wrong).load(true, new SecureRandom()).close();
    Path readable = before.home().resolve("kek/readable");
    Files.copy(oldKey, readable);
    Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rw-r--r--"));

    assertRefused(before.home().resolve("kek/missing"), "is missing");
    assertRefused(wrong, "Neither the key-encryption key nor the previous one");
    assertRefused(readable, "chmod go= " + readable);
    assertRefused(before.home().resolve("data/key"), "lies inside the data directory");
    assertRefused(newKey, "are both " + newKey);

    assertThat(newKey).as("no key is made before the old one was found good").doesNotExist();
    start(oldKey, null).close();
  }

  @Test
  void keyOfADatabaseFromBeforeTheRecordIsJudgedByWhatItOpens() throws Exception {
    before.jdbc().update("delete from key_custody");
    before.close();
    Path wrong = before.home().resolve("kek/wrong");
    try (SecretBytes key = new KeyEncryptionKeyFile(wrong).load(true, new SecureRandom())) {
      assertThat(key.length()).isEqualTo(32);
    }

    assertThatThrownBy(() -> start(wrong, null))
        .hasStackTraceContaining("is not the one under which the keys in the database")
        .hasStackTraceContaining("does not open with this key-encryption key");
    start(oldKey, null).close();
    assertThatThrownBy(() -> start(wrong, null))
        .rootCause()
        .isInstanceOf(StartRefusedException.class);
  }

  private void assertRefused(Path previous, String sentence) {
    assertThatThrownBy(() -> start(newKey, previous))
        .rootCause()
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(sentence);
  }

  private CaCore start(Path key, Path previous) {
    return start(key, previous, false);
  }

  private CaCore start(Path key, Path previous, boolean beside) {
    List<String> properties = new ArrayList<>();
    properties.add("alts.ca.key-encryption-key-file=" + key);
    if (previous != null) {
      properties.add("alts.ca.previous-key-encryption-key-file=" + previous);
    }
    if (beside) {
      properties.add("alts.ca.data-directory=" + before.home().resolve("other-data"));
    }
    return CaCore.start(before.home(), before.database(), properties.toArray(String[]::new));
  }

  private static List<String> wrapped(JdbcTemplate jdbc) {
    return jdbc.queryForList(
        "select encode(wrapped_private, 'hex') from signing_key order by key_id", String.class);
  }
}
