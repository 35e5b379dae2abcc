package dev.alts.ca.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code postmaster.pid} says: one item a line, written by the server while it starts.
 *
 * @param status last line; {@code ready} once the server takes connections, empty before it is
 *     written
 */
record PostmasterFile(long pid, int port, String status) {
  private static final String NAME = "postmaster.pid";
  private static final int PORT_LINE = 3;
  private static final int STATUS_LINE = 7;

  /** {@return what the file of this cluster says; empty if there is none or it is not complete} */
  static Optional<PostmasterFile> read(Path cluster) {
    try {
      List<String> lines = Files.readAllLines(cluster.resolve(NAME));
      if (lines.size() <= PORT_LINE) {
        return Optional.empty();
      }
      return Optional.of(
          new PostmasterFile(
              Long.parseLong(lines.getFirst().strip()),
              Integer.parseInt(lines.get(PORT_LINE).strip()),
              lines.size() <= STATUS_LINE ? "" : lines.get(STATUS_LINE).strip()));
    } catch (NoSuchFileException | NumberFormatException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + cluster.resolve(NAME), e);
    }
  }

  static void delete(Path cluster) {
    try {
      Files.deleteIfExists(cluster.resolve(NAME));
    } catch (IOException e) {
      throw new UncheckedIOException("deleting a stale " + NAME, e);
    }
  }

  boolean isReady() {
    return status.equals("ready");
  }

  /** {@return whether the process lives and works in this cluster's directory} */
  boolean runsIn(Path cluster) {
    return pointsTo("cwd", cluster);
  }

  /** {@return whether the process runs exactly this program} */
  boolean runs(Path program) {
    return pointsTo("exe", program);
  }

  private boolean pointsTo(String link, Path expected) {
    try {
      return Path.of("/proc", Long.toString(pid), link).toRealPath().equals(expected.toRealPath());
    } catch (IOException e) {
      // Gone, or of another user: not ours in either case.
      return false;
    }
  }
}
