package dev.alts.ca.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** Files and directories that only their owner, who is us, can touch. */
public final class OwnerOnly {
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private OwnerOnly() {}

  /**
   * Creates {@code directory} with mode 0700 if it is not there; refuses one that others can use.
   */
  public static Path directory(Path directory) {
    try {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        Path parent = directory.getParent();
        if (parent != null) {
          Files.createDirectories(parent, PosixFilePermissions.asFileAttribute(DIRECTORY));
        }
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
      }
      require(directory);
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException("creating directory " + directory, e);
    }
  }

  /** Refuses a file or directory that is not ours or that anyone else can read or write. */
  public static void require(Path path) throws IOException {
    Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (!owner.equals(self)) {
      throw new StartRefusedException(
          "%s belongs to user %s, the CA runs as user %s.".formatted(path, owner, self),
          "Run the CA as its owner, or choose another place.");
    }
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    EnumSet<PosixFilePermission> surplus = EnumSet.copyOf(OTHERS);
    surplus.retainAll(permissions);
    if (!surplus.isEmpty()) {
      throw new StartRefusedException(
          "Other users may use %s (%s)."
              .formatted(path, PosixFilePermissions.toString(permissions)),
          "Run: chmod go= " + path);
    }
  }

  /** Writes {@code content} to a new file of mode 0600, durably, in one step or not at all. */
  public static void write(Path file, byte[] content) {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.deleteIfExists(temporary);
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(FILE))) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncParent(file);
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + file, e);
    }
  }

  /** A rename survives a power failure only once its directory is on the disk too. */
  private static void syncParent(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }
}
