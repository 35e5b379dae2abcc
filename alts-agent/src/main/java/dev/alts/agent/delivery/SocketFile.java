package dev.alts.agent.delivery;

import dev.alts.agent.attestation.FileStatus;
import dev.alts.agent.attestation.OwnProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The path of the agent's socket: every local process may connect, nobody but the agent's user may
 * put another socket in its place (abuse-24).
 *
 * <p>A lock file beside it makes one agent the only one; a socket that a dead agent left is
 * replaced, a live one is not touched. Closing removes the socket and frees the lock.
 */
final class SocketFile implements AutoCloseable {
  /** sockaddr_un holds 108 bytes, the last one 0. */
  private static final int MAX_PATH_BYTES = 107;

  private static final int ROOT = 0;

  private final Path directory;
  private final Path path;
  private final int uid;
  private final FileChannel lockChannel;

  private SocketFile(Path directory, Path path, int uid, FileChannel lockChannel) {
    this.directory = directory;
    this.path = path;
    this.uid = uid;
    this.lockChannel = lockChannel;
  }

  /**
   * Takes the path for this agent; nothing is bound yet.
   *
   * @throws IOException with a sentence for the operator if the path cannot be had or is not safe
   */
  static SocketFile claim(Path socket) throws IOException {
    Path path = socket.toAbsolutePath().normalize();
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
      throw new IOException(
          "socket %s: the path is too long (expected: at most 107 bytes)".formatted(path));
    }
    int uid = OwnProcess.uid();
    Path directory = path.getParent();
    if (directory == null) {
      throw new IOException("socket %s: expected a file in a directory".formatted(path));
    }
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    requireSafe(directory, uid);
    FileChannel lockChannel = lock(path);
    try {
      removeStale(path, uid);
      return new SocketFile(directory, path, uid, lockChannel);
    } catch (IOException e) {
      lockChannel.close();
      throw e;
    }
  }

  Path path() {
    return path;
  }

  /** Opens the bound socket to every local process, if it is still ours where it is. */
  void openToAll() throws IOException {
    requireSafe(directory, uid);
    requireOwnSocket(path, uid);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  @Override
  public void close() throws IOException {
    try (lockChannel) {
      Files.deleteIfExists(path);
    }
  }

  /** Every directory above must be one in which only root and the agent can rename our entries. */
  private static void requireSafe(Path directory, int uid) throws IOException {
    // By name: whoever owns a symbolic link on the way leads the workloads wherever he likes,
    // however
    // safe the directory is that it shows us now.
    for (Path each = directory; each != null; each = each.getParent()) {
      FileStatus status = FileStatus.of(each);
      if (status.isLink() && !isOwn(status, uid)) {
        throw notSafe(each, status);
      }
    }
    Path real = directory.toRealPath();
    for (Path each = real; each != null; each = each.getParent()) {
      FileStatus status = FileStatus.of(each);
      // In a sticky directory only the owner of an entry may rename it; for the socket's own
      // directory that is not enough, since others could still create the name first.
      boolean tolerated = !each.equals(real) && status.isSticky();
      if (!isOwn(status, uid) || (status.isWritableByOthers() && !tolerated)) {
        throw notSafe(each, status);
      }
    }
  }

  private static boolean isOwn(FileStatus status, int uid) {
    return status.uid() == uid || status.uid() == ROOT;
  }

  private static IOException notSafe(Path path, FileStatus status) {
    return new IOException(
        "socket directory %s: %s (expected: only the agent's user may write)"
            .formatted(path, status));
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolveSibling(path.getFileName() + ".lock"),
            java.util.Set.of(
                StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    boolean locked = false;
    try {
      locked = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      throw inUse(path);
    } finally {
      if (!locked) {
        channel.close();
      }
    }
    if (!locked) {
      throw inUse(path);
    }
    return channel;
  }

  private static void removeStale(Path path, int uid) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    requireOwnSocket(path, uid);
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      if (probe.connect(UnixDomainSocketAddress.of(path))) {
        throw inUse(path);
      }
    } catch (ConnectException refused) {
      // Nobody listens: a dead agent left it.
      Files.delete(path);
    }
  }

  private static void requireOwnSocket(Path path, int uid) throws IOException {
    FileStatus status = FileStatus.of(path);
    if (!status.isSocket() || status.uid() != uid) {
      throw new IOException(
          "socket %s: something else is there (expected: nothing, or a socket of user %d)"
              .formatted(path, uid));
    }
  }

  private static IOException inUse(Path path) {
    return new IOException("socket %s: another agent serves it".formatted(path));
  }
}
