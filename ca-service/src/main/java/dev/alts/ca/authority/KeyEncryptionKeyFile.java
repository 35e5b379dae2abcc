package dev.alts.ca.authority;

import dev.alts.ca.configuration.OwnerOnly;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.identity.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The file that holds the key-encryption key: 64 hexadecimal digits, mode 0600, made once. Whoever
 * has this file and the database has every key; either alone is worth nothing.
 */
public final class KeyEncryptionKeyFile {
  static final int KEY_BYTES = 32;

  private final Path path;

  public KeyEncryptionKeyFile(Path path) {
    this.path = path;
  }

  /**
   * {@return the key; the caller closes it}
   *
   * @param mayCreate whether no key is wrapped under it yet. Otherwise a new one would open nothing
   *     and hide that the old one is lost
   */
  public SecretBytes load(boolean mayCreate, SecureRandom random) {
    if (exists()) {
      return read();
    }
    if (!mayCreate) {
      throw new StartRefusedException(
          "The key-encryption key %s is missing, but the database holds keys that only it opens."
              .formatted(path),
          "Restore it from your backup, or name it by alts.ca.key-encryption-key-file.");
    }
    create(random);
    return read();
  }

  boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private SecretBytes read() {
    byte[] text = new byte[0];
    try {
      OwnerOnly.require(path);
      text = Files.readAllBytes(path);
      byte[] key = HexFormat.of().parseHex(new String(text, StandardCharsets.US_ASCII).strip());
      if (key.length != KEY_BYTES) {
        throw damaged();
      }
      return SecretBytes.adopt(key);
    } catch (IllegalArgumentException e) {
      throw damaged();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the key-encryption key " + path, e);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  private StartRefusedException damaged() {
    return new StartRefusedException(
        "The key-encryption key %s is damaged: it must be 64 hexadecimal digits.".formatted(path),
        "Restore it from your backup.");
  }

  private void create(SecureRandom random) {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      OwnerOnly.directory(parent);
    }
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    byte[] text = HexFormat.of().formatHex(key).getBytes(StandardCharsets.US_ASCII);
    OwnerOnly.write(path, text);
    Arrays.fill(key, (byte) 0);
    Arrays.fill(text, (byte) 0);
  }
}
