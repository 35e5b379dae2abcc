package dev.alts.ca.database;

import dev.alts.ca.configuration.OwnerOnly;
import dev.alts.ca.configuration.StartRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked once into a directory that only we can write: whoever could
 * replace them there would run code as the CA.
 */
final class PostgresBinaries {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

  private final Path directory;

  private PostgresBinaries(Path directory) {
    this.directory = directory;
  }

  /** {@return the programs below {@code parent}, unpacked if this version is not there yet} */
  static PostgresBinaries unpackedBelow(Path parent) {
    OwnerOnly.directory(parent);
    requireSafeAncestors(parent);
    Path directory = parent.resolve("postgresql-" + archiveDigest().substring(0, 16));
    try {
      if (!Files.isDirectory(directory)) {
        unpack(parent, directory);
      }
      OwnerOnly.require(directory);
      return new PostgresBinaries(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("unpacking PostgreSQL into " + directory, e);
    }
  }

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /**
   * A directory of ours can still be moved away by whoever may write its parent, unless the parent
   * is sticky, as /tmp is.
   */
  private static void requireSafeAncestors(Path directory) {
    try {
      for (Path parent = directory.toRealPath().getParent();
          parent != null;
          parent = parent.getParent()) {
        int mode = ((Number) Files.getAttribute(parent, "unix:mode")).intValue();
        boolean othersWrite = (mode & 0022) != 0;
        boolean sticky = (mode & 01000) != 0;
        if (othersWrite && !sticky) {
          throw new StartRefusedException(
              "Other users may write %s, above PostgreSQL's programs.".formatted(parent),
              "Choose another alts.ca.database.binaries-directory.");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading the mode of directories above " + directory, e);
    }
  }

  /** Unpacks beside and renames, so a directory that is there is complete. */
  private static void unpack(Path parent, Path directory) throws IOException {
    Path temporary =
        Files.createTempDirectory(
            parent,
            "unpacking-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      try (InputStream archive = archive();
          TarArchiveInputStream tar =
              new TarArchiveInputStream(new XZCompressorInputStream(archive))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpack(entry, tar, temporary);
        }
      }
      Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // Another CA of ours was quicker; its copy is as good.
      DirectoryTree.delete(temporary);
    } catch (IOException e) {
      DirectoryTree.delete(temporary);
      throw e;
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path root)
      throws IOException {
    Path target = root.resolve(entry.getName()).normalize();
    if (!target.startsWith(root)) {
      throw new IOException("archive entry outside its root: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      if (entry.getLinkName().contains("/")) {
        throw new IOException("archive link outside its directory: " + entry.getName());
      }
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(content, target);
    boolean executable = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(executable ? "rwx------" : "rw-------"));
  }

  private static String archiveDigest() {
    try (InputStream archive = archive()) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (DigestInputStream digesting = new DigestInputStream(archive, digest)) {
        digesting.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("reading PostgreSQL's archive", e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static InputStream archive() throws IOException {
    InputStream archive = PostgresBinaries.class.getResourceAsStream(ARCHIVE);
    if (archive == null) {
      throw new StartRefusedException(
          "There is no embedded PostgreSQL for this platform on the class path.",
          "Set spring.datasource.url to a PostgreSQL 15 or newer.");
    }
    return archive;
  }
}
