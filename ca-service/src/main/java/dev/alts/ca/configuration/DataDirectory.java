package dev.alts.ca.configuration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The CA's own directory, mode 0700, held by one process at a time: the lock ends with the process,
 * however it ends.
 */
public final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** {@return {@code path}, created if need be and locked} */
  public static DataDirectory open(Path path) {
    OwnerOnly.directory(path);
    try {
      FileChannel lockFile =
          FileChannel.open(
              path.resolve("lock"),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      if (tryLock(lockFile) == null) {
        lockFile.close();
        throw new StartRefusedException(
            "Another CA is running with the data directory %s.".formatted(path),
            "Stop it, or choose another alts.ca.data-directory.");
      }
      return new DataDirectory(path, lockFile);
    } catch (IOException e) {
      throw new UncheckedIOException("locking " + path, e);
    }
  }

  public Path path() {
    return path;
  }

  public Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException("unlocking " + path, e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel lockFile) throws IOException {
    try {
      return lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very process, by another application context of a test.
      return null;
    }
  }
}
