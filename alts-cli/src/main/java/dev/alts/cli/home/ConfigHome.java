package dev.alts.cli.home;

import dev.alts.cli.ca.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The user's directory of altsctl: mode 0700, every file in it 0600 and replaced atomically. */
public final class ConfigHome {
  private static final String ENVIRONMENT = "ALTS_CONFIG_HOME";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path directory;

  public ConfigHome(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** {@return the directory that ALTS_CONFIG_HOME names, else ~/.config/alts} */
  public static ConfigHome ofUser(Map<String, String> environment, Path userHome) {
    String named = environment.get(ENVIRONMENT);
    return new ConfigHome(
        named == null || named.isBlank() ? userHome.resolve(".config/alts") : Path.of(named));
  }

  public Path directory() {
    return directory;
  }

  /** {@return the login kept here, or empty if nobody logged in} */
  public Optional<Login> login() {
    Path file = loginFile();
    try {
      requireOwnerOnly(file);
      return Optional.of(LoginFile.decode(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("cannot read", file, e);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.failed(file + " is damaged", "delete it and log in again", e);
    }
  }

  /** Keeps {@code login} in place of an earlier one. */
  public void keep(Login login) {
    Path file = loginFile();
    try {
      Files.createDirectories(directory, asAttribute(PosixFilePermissions.fromString("rwx------")));
      Path fresh = Files.createTempFile(directory, "login", ".tmp", asAttribute(OWNER_ONLY));
      try {
        Files.writeString(fresh, LoginFile.encode(login), StandardOpenOption.WRITE);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw failed("cannot write", file, e);
    }
  }

  private Path loginFile() {
    return directory.resolve("login.json");
  }

  private static void requireOwnerOnly(Path file) throws IOException {
    Set<PosixFilePermission> actual = Files.getPosixFilePermissions(file);
    if (!OWNER_ONLY.containsAll(actual)) {
      throw new IOException(
          "others may read it (%s), whoever did may have your key; delete it and log in again"
              .formatted(PosixFilePermissions.toString(actual)));
    }
  }

  private static CommandFailedException failed(String what, Path file, IOException e) {
    return CommandFailedException.failed(
        "%s %s: %s".formatted(what, file, e.getMessage()),
        "ALTS_CONFIG_HOME names another place",
        e);
  }

  private static FileAttribute<?> asAttribute(Set<PosixFilePermission> permissions) {
    return PosixFilePermissions.asFileAttribute(permissions);
  }
}
