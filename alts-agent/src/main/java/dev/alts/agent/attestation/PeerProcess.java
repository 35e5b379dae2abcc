package dev.alts.agent.attestation;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;

/**
 * The process that connected to the agent's socket, as the kernel names it. Closed with the
 * connection; closing gives its pidfd back.
 *
 * <p>A pid may be reused as soon as its process is reaped, so nothing read from /proc/PID counts
 * before {@link #requireUnchanged()} has passed <em>afterwards</em>: as long as the pidfd's process
 * holds the pid, /proc/PID was its own all the time.
 *
 * <p>Thread-safe.
 */
public final class PeerProcess implements AutoCloseable {
  private final int pidfd;
  private final int pid;
  private final int uid;
  private final int gid;
  private final long startTime;

  @GuardedBy("this")
  private boolean closed;

  private PeerProcess(int pidfd, int pid, int uid, int gid, long startTime) {
    this.pidfd = pidfd;
    this.pid = pid;
    this.uid = uid;
    this.gid = gid;
    this.startTime = startTime;
  }

  /**
   * {@return the process that connected {@code socket}, whose peer credentials (SO_PEERCRED) are
   * the other arguments}
   *
   * @throws PeerLostException if it is not certain that the process is the one that connected
   */
  public static PeerProcess of(int socket, int pid, int uid, int gid) throws PeerLostException {
    return of(PidfdSource.KERNEL, socket, pid, uid, gid);
  }

  /**
   * {@return the process that has {@code pid} now, and that runs as {@code uid}}
   *
   * @throws PeerLostException if there is none, or it runs as another user
   */
  static PeerProcess running(int pid, int uid) throws PeerLostException {
    int pidfd;
    try {
      pidfd = PidfdSource.KERNEL.ofPid(pid);
    } catch (KernelException e) {
      throw new PeerLostException("process %d: it has gone".formatted(pid), e);
    }
    try {
      ProcessStatus status = ProcessStatus.read(pid);
      PeerProcess process = new PeerProcess(pidfd, pid, uid, status.gid(), status.startTime());
      process.requireUnchanged();
      return process;
    } catch (IOException e) {
      Kernel.close(pidfd);
      throw e instanceof PeerLostException lost
          ? lost
          : new PeerLostException("process %d: it has gone".formatted(pid), e);
    }
  }

  static PeerProcess of(PidfdSource source, int socket, int pid, int uid, int gid)
      throws PeerLostException {
    if (pid <= 0) {
      throw new PeerLostException(
          "peer process: pid %d (expected: a process that the agent's pid namespace shows)"
              .formatted(pid));
    }
    int pidfd = openPidfd(source, socket, pid);
    try {
      ProcessStatus status = ProcessStatus.read(pid);
      PeerProcess process = new PeerProcess(pidfd, pid, uid, gid, status.startTime());
      process.requireUnchanged();
      return process;
    } catch (IOException e) {
      // abuse-16: whatever goes wrong from here on, the descriptor goes back.
      Kernel.close(pidfd);
      throw e instanceof PeerLostException lost
          ? lost
          : new PeerLostException("peer process %d: it has gone".formatted(pid), e);
    }
  }

  private static int openPidfd(PidfdSource source, int socket, int pid) throws PeerLostException {
    try {
      return source.ofPeer(socket);
    } catch (KernelException e) {
      // Only a kernel before 6.5 answers ENOPROTOOPT. EINVAL and ESRCH mean a reaped peer: to take
      // that for "not supported" would switch the check off exactly when it is attacked.
      if (e.errno() != KernelException.ENOPROTOOPT) {
        throw new PeerLostException("peer process %d: it has gone".formatted(pid), e);
      }
    }
    try {
      // Old kernel: another process may have got the pid between connect and here. It would have
      // to have the same user as well, which requireUnchanged checks.
      return source.ofPid(pid);
    } catch (KernelException e) {
      throw new PeerLostException("peer process %d: it has gone".formatted(pid), e);
    }
  }

  public int pid() {
    return pid;
  }

  /** Effective user when it connected, in the numbers of the agent's user namespace. */
  public int uid() {
    return uid;
  }

  public int gid() {
    return gid;
  }

  /** {@return a name that no other process has between two starts of the machine} */
  public String key() {
    return "%d@%d".formatted(pid, startTime);
  }

  /**
   * Passes if the process that connected still runs as the user that connected.
   *
   * @throws PeerLostException if not; what was read from /proc before is then worth nothing
   */
  public void requireUnchanged() throws PeerLostException {
    ProcessStatus status = status();
    if (status.startTime() != startTime) {
      throw new PeerLostException("peer process %d: another process has its pid".formatted(pid));
    }
    if (status.uid() != uid) {
      throw new PeerLostException(
          "peer process %d: runs as user %s now, but connected as %s; connect again"
              .formatted(
                  pid, Integer.toUnsignedString(status.uid()), Integer.toUnsignedString(uid)));
    }
  }

  /**
   * {@return whether the process has not been reaped} Under the lock, since a closed descriptor's
   * number may belong to something else a moment later.
   */
  public synchronized boolean isPresent() {
    return !closed && Kernel.holdsItsPid(pidfd);
  }

  ProcessStatus status() throws PeerLostException {
    ProcessStatus status;
    try {
      status = ProcessStatus.read(pid);
    } catch (IOException e) {
      throw new PeerLostException("peer process %d: it has gone".formatted(pid), e);
    }
    if (status.isDead()) {
      throw new PeerLostException("peer process %d: it has ended".formatted(pid));
    }
    // Last: as the process still holds its pid now, it held it while /proc was read.
    if (!isPresent()) {
      throw new PeerLostException("peer process %d: it has gone".formatted(pid));
    }
    return status;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Kernel.close(pidfd);
    }
  }

  @Override
  public String toString() {
    return "process %d (user %s)".formatted(pid, Integer.toUnsignedString(uid));
  }
}
