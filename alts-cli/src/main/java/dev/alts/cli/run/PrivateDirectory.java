package dev.alts.cli.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory that nobody else may enter, in memory where there is a place for it; closed, gone.
 */
final class PrivateDirectory implements AutoCloseable {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNER_READS =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;

  private PrivateDirectory(Path path) {
    this.path = path;
  }

  static PrivateDirectory make(Map<String, String> environment) throws IOException {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    List<Path> places =
        Stream.of(runtime, "/dev/shm", System.getProperty("java.io.tmpdir"))
            .filter(place -> !place.isEmpty())
            .map(Path::of)
            .filter(place -> Files.isDirectory(place) && Files.isWritable(place))
            .toList();
    if (places.isEmpty()) {
      throw new IOException("no directory for temporary files can be written");
    }
    return new PrivateDirectory(
        Files.createTempDirectory(places.getFirst(), "alts-run-", OWNER_ONLY));
  }

  Path path() {
    return path;
  }

  /** Puts a whole file in the place of the one before. */
  void write(String name, byte[] content) throws IOException {
    Path next = path.resolve("." + name + ".next");
    Files.deleteIfExists(next);
    try (var channel =
        Files.newByteChannel(
            next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_READS)) {
      var buffer = java.nio.ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
    Files.move(next, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Idempotent; two threads may do it at once, when the process is ended as the program ends. */
  @Override
  public synchronized void close() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    // Not a walk, which fails if a file goes that it has seen: the socket's server deletes it too.
    try (DirectoryStream<Path> all = Files.newDirectoryStream(path)) {
      for (Path each : all) {
        Files.deleteIfExists(each);
      }
    }
    Files.deleteIfExists(path);
  }
}
