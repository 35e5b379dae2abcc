package dev.alts.agent.attestation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Finds the process at the other end of a TCP connection of this machine: the one that owns the
 * peer's socket.
 *
 * <p>TCP has no peer credentials, so this looks in steps, each of which something may have changed
 * before: the kernel names the socket that has the peer's addresses, with its inode and the user
 * that made it; /proc shows who has a descriptor of that inode. It counts only if afterwards the
 * same socket (by its cookie) still has those addresses, both ends of the connection are
 * established, and the process is the same, still has the descriptor and runs as that user. So a
 * port that was used again never gives one process the identity of another (abuse-18).
 *
 * <p>Several owners are taken for one only if nothing tells them apart: user, groups, executable,
 * namespaces and cgroup. What was passed on between processes of one user can still deceive, as it
 * cannot on a Unix socket; see ADR 0031. Thread-safe.
 */
public final class TcpPeer {
  private static final Path PROC = Path.of("/proc");
  private static final Path OWN_DESCRIPTORS = PROC.resolve("self/fd");
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_MILLIS = 20;

  /** A look at all descriptors of the machine is work that any local process may ask for. */
  private static final Semaphore LOOKING = new Semaphore(4, true);

  private final int socket;
  private final InetSocketAddress peer;
  private final InetSocketAddress own;

  /**
   * @param socket descriptor of our end
   * @param peer the connection's other end, as our end sees it
   * @param own our end
   */
  public TcpPeer(int socket, InetSocketAddress peer, InetSocketAddress own) {
    this.socket = socket;
    this.peer = peer;
    this.own = own;
  }

  /**
   * {@return the user that made the peer's socket} Cheap, and only good to count by.
   *
   * @throws PeerLostException if it has gone, or is not of this machine
   */
  public int uid() throws PeerLostException {
    return socket(peer, own).uid();
  }

  /**
   * {@return the process} The caller closes it.
   *
   * @throws PeerLostException if it is not certain which one it is
   */
  public PeerProcess process() throws PeerLostException {
    try {
      for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
        PeerProcess found = lookInTurn();
        if (found != null) {
          return found;
        }
        // Between fork and exec a child has all of its parent's descriptors for a moment.
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PeerLostException("peer of %s: the agent is stopping".formatted(own));
    }
    throw new PeerLostException(
        "peer of %s: no process, or processes that are not alike, hold its socket (the agent needs"
                .formatted(own)
            + " CAP_SYS_PTRACE for those of other users)");
  }

  private @Nullable PeerProcess lookInTurn() throws PeerLostException, InterruptedException {
    LOOKING.acquire();
    try {
      return look();
    } finally {
      LOOKING.release();
    }
  }

  /** {@return the owner, or null if it is not clear who that is} */
  private @Nullable PeerProcess look() throws PeerLostException {
    TcpSocket found = established(peer, own);
    PeerProcess process = owner(found);
    if (process == null) {
      return null;
    }
    try {
      if (!holds(process.pid(), found.inode())) {
        throw new PeerLostException("%s: has closed the connection".formatted(process));
      }
      process.requireUnchanged();
      // Our end first: as it was established after the owner was found, the socket that has its
      // peer's addresses now is the one that it is connected with.
      TcpSocket ours = established(own, peer);
      if (!leadsTo(OWN_DESCRIPTORS.resolve(Integer.toString(socket)), ours.inode())
          || !established(peer, own).equals(found)) {
        throw new PeerLostException("peer of %s: another connection has its port".formatted(peer));
      }
      return process;
    } catch (PeerLostException e) {
      process.close();
      throw e;
    }
  }

  private static TcpSocket established(InetSocketAddress local, InetSocketAddress remote)
      throws PeerLostException {
    TcpSocket found = socket(local, remote);
    if (!found.isEstablished()) {
      throw new PeerLostException("peer of %s: it has hung up".formatted(local));
    }
    return found;
  }

  private static TcpSocket socket(InetSocketAddress local, InetSocketAddress remote)
      throws PeerLostException {
    try {
      return SocketDiagnostics.find(local, remote)
          .orElseThrow(
              () -> new PeerLostException("peer of %s: no such connection here".formatted(local)));
    } catch (PeerLostException e) {
      throw e;
    } catch (IOException e) {
      throw new PeerLostException("peer of %s: %s".formatted(local, e.getMessage()), e);
    }
  }

  private static @Nullable PeerProcess owner(TcpSocket socket) throws PeerLostException {
    List<PeerProcess> owners = new ArrayList<>();
    try {
      for (int pid : holders(socket.inode())) {
        if (!runsAs(pid, socket.uid())) {
          return null;
        }
        owners.add(PeerProcess.running(pid, socket.uid()));
      }
      if (owners.isEmpty()) {
        return null;
      }
      PeerProcess first = owners.getFirst();
      ProcessLikeness likeness = ProcessLikeness.of(first.pid());
      for (PeerProcess other : owners.subList(1, owners.size())) {
        if (!likeness.equals(ProcessLikeness.of(other.pid()))) {
          return null;
        }
        other.requireUnchanged();
      }
      owners.remove(first);
      return first;
    } finally {
      owners.forEach(PeerProcess::close);
    }
  }

  private static boolean runsAs(int pid, int uid) {
    try {
      return ProcessStatus.read(pid).uid() == uid;
    } catch (IOException ended) {
      return false;
    }
  }

  /** {@return the processes that have a descriptor of this socket, oldest pid first} */
  private static List<Integer> holders(long inode) throws PeerLostException {
    List<Integer> holders = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        int pid = Integer.parseInt(process.getFileName().toString());
        if (holds(pid, inode)) {
          holders.add(pid);
        }
      }
    } catch (IOException e) {
      throw new PeerLostException("reading /proc: is it mounted?", e);
    }
    holders.sort(null);
    return holders;
  }

  private static boolean holds(int pid, long inode) {
    Path descriptors = PROC.resolve(Integer.toString(pid)).resolve("fd");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : all) {
        if (leadsTo(descriptor, inode)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It has ended, or belongs to a user whose descriptors this agent may not see.
      return false;
    }
    return false;
  }

  private static boolean leadsTo(Path descriptor, long inode) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals("socket:[" + inode + "]");
    } catch (IOException e) {
      // Closed meanwhile.
      return false;
    }
  }
}
