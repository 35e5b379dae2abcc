package dev.alts.ca.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own in memory, with little room, which a test fills up and frees again. */
public final class SmallDisk implements AutoCloseable {
  private static final int BLOCK_BYTES = 4096;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /** {@return an empty one; the test is skipped where none can be mounted} */
  public static SmallDisk mount(Path directory, int megabytes) throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "only root can mount a file system that fills up");
    Files.createDirectory(directory);
    Process mount =
        new ProcessBuilder(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "mode=0755,size=%dm".formatted(megabytes),
                "tmpfs",
                directory.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(mount.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int status = mount.waitFor();
    assumeTrue(status == 0, () -> "no file system can be mounted here: " + said);
    return new SmallDisk(directory);
  }

  public Path path(String name) {
    return directory.resolve(name);
  }

  /** Takes all room that there is. */
  public void fill() throws IOException {
    try (OutputStream ballast = Files.newOutputStream(ballast())) {
      byte[] block = new byte[BLOCK_BYTES];
      while (hasRoom()) {
        ballast.write(block);
      }
    } catch (IOException e) {
      // Somebody else took the last block first.
      if (hasRoom()) {
        throw e;
      }
    }
  }

  /** Gives the room back that {@link #fill} took. */
  public void free() throws IOException {
    Files.delete(ballast());
  }

  private boolean hasRoom() throws IOException {
    return Files.getFileStore(directory).getUsableSpace() >= BLOCK_BYTES;
  }

  private Path ballast() {
    return path("ballast");
  }

  /** Nothing may run in it any more. */
  @Override
  public void close() throws Exception {
    Process unmount =
        new ProcessBuilder("umount", "--lazy", directory.toString()).inheritIO().start();
    if (unmount.waitFor() != 0) {
      throw new IOException("cannot unmount " + directory);
    }
  }
}
