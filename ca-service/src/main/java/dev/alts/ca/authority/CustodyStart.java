package dev.alts.ca.authority;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.CustodyProperties;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Opens the custody that is configured, or refuses to start: the database's keys must be in it, and
 * under the wrapping key that it has.
 */
final class CustodyStart {
  private final CaSettings settings;
  private final CustodyProperties properties;
  private final JdbcTemplate jdbc;
  private final SecureRandom random;
  private final KeyEncryptionKeyRotation rotation;
  private final CustodyRecord records;

  CustodyStart(
      CaSettings settings,
      CustodyProperties properties,
      JdbcTemplate jdbc,
      SecureRandom random,
      KeyEncryptionKeyRotation rotation) {
    this.settings = settings;
    this.properties = properties;
    this.jdbc = jdbc;
    this.random = random;
    this.rotation = rotation;
    this.records = new CustodyRecord(jdbc);
  }

  KeyCustody open() {
    return switch (properties.custody()) {
      case DATABASE -> database();
      case PKCS11 -> pkcs11();
    };
  }

  private KeyCustody database() {
    requireCustody(DatabaseCustody.NAME);
    KeyEncryptionKeyFile file = new KeyEncryptionKeyFile(settings.keyEncryptionKeyFile());
    Path previous = properties.previousKeyEncryptionKeyFile();
    if (previous != null) {
      requireOutsideOfData("alts.ca.previous-key-encryption-key-file", previous);
      return rotate(file, previous.toAbsolutePath().normalize());
    }
    DatabaseCustody custody = custody(file, hasNoKeys());
    require(
        custody,
        "The key-encryption key %s is not the one under which the keys in the database are wrapped."
            .formatted(settings.keyEncryptionKeyFile()),
        "Restore the right one from your backup, or name it by alts.ca.key-encryption-key-file.");
    return custody;
  }

  private KeyCustody rotate(KeyEncryptionKeyFile file, Path previous) {
    if (previous.equals(settings.keyEncryptionKeyFile())) {
      throw new StartRefusedException(
          "alts.ca.previous-key-encryption-key-file and alts.ca.key-encryption-key-file are both %s."
              .formatted(previous),
          "Name the new key's file by alts.ca.key-encryption-key-file; it is made.");
    }
    if (file.exists()) {
      DatabaseCustody custody = custody(file, false);
      if (records.find().filter(entry -> entry.isOf(custody)).isPresent()) {
        // An earlier start did it. The previous key may be gone, as it should be by now.
        rotation.reportDone();
        return custody;
      }
    }
    DatabaseCustody old = custody(new KeyEncryptionKeyFile(previous), false);
    require(
        old,
        "Neither the key-encryption key nor the previous one opens the keys in the database.",
        "Name the key that is in use now by alts.ca.previous-key-encryption-key-file.");
    DatabaseCustody custody = custody(file, true);
    rotation.rotate(old, custody);
    return custody;
  }

  private KeyCustody pkcs11() {
    requireCustody(Pkcs11Custody.NAME);
    if (properties.previousKeyEncryptionKeyFile() != null) {
      throw new StartRefusedException(
          "alts.ca.previous-key-encryption-key-file is set, but the keys are in a PKCS#11 token.",
          "Remove it: there is no key-encryption key with alts.ca.custody=pkcs11.");
    }
    Path pinFile = properties.pkcs11().pinFile();
    if (pinFile != null) {
      requireOutsideOfData("alts.ca.pkcs11.pin-file", pinFile);
    }
    Pkcs11Custody custody =
        Pkcs11Custody.open(Pkcs11Settings.of(properties.pkcs11()), hasNoKeys(), random);
    try {
      require(
          custody,
          "The token %s is not the one that the keys in the database are in.".formatted(custody),
          "Name the right one by alts.ca.pkcs11.token-label or alts.ca.pkcs11.slot.");
      return custody;
    } catch (RuntimeException e) {
      custody.close();
      throw e;
    }
  }

  private DatabaseCustody custody(KeyEncryptionKeyFile file, boolean mayCreate) {
    try (SecretBytes key = file.load(mayCreate, random)) {
      return new DatabaseCustody(key, random);
    }
  }

  private void requireCustody(String wanted) {
    Optional<CustodyRecord.Entry> entry = records.find();
    if (entry.isPresent() && !entry.get().custody().equals(wanted)) {
      throw new StartRefusedException(
          "The keys of this database are in the custody \"%s\", alts.ca.custody is \"%s\"."
              .formatted(entry.get().custody(), wanted),
          "Set alts.ca.custody=%s. Keys do not move from one custody to another."
              .formatted(entry.get().custody()));
    }
  }

  private void require(KeyCustody custody, String problem, String remedy) {
    WrappedKeyException wrong = records.find().isEmpty() ? tryOneKey(custody) : null;
    if (wrong != null || !records.claim(custody).isOf(custody)) {
      throw new StartRefusedException(problem, remedy, wrong);
    }
  }

  /** A database from before there was a record: the first key says whether this is its custody. */
  private @Nullable WrappedKeyException tryOneKey(KeyCustody custody) {
    try {
      jdbc.query(
          "select key_id, spki, wrapped_private from signing_key limit 1",
          (row, number) ->
              custody.signer(
                  row.getObject("key_id", UUID.class),
                  Bytes.copyOf(row.getBytes("spki")),
                  Bytes.copyOf(row.getBytes("wrapped_private"))));
      return null;
    } catch (WrappedKeyException e) {
      return e;
    }
  }

  private boolean hasNoKeys() {
    return jdbc.query("select from signing_key limit 1", (row, number) -> true).isEmpty();
  }

  private void requireOutsideOfData(String property, Path file) {
    if (file.toAbsolutePath().normalize().startsWith(settings.dataDirectory())) {
      throw new StartRefusedException(
          "%s: %s lies inside the data directory %s, so a copy of that directory would hold it."
              .formatted(property, file, settings.dataDirectory()),
          "Name a file outside it.");
    }
  }
}
