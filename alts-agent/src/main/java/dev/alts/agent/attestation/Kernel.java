package dev.alts.agent.attestation;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/** The few Linux calls that neither Java nor Netty offers, by the foreign function API. */
final class Kernel {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERPIDFD = 77;
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 02000000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;
  private static final long PASSWD_BUFFER_BYTES = 16_384;

  @SuppressWarnings("restricted") // a C string of the name service, whose length only its end tells
  private static final AddressLayout STRING =
      ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(256, JAVA_BYTE));

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");

  private static final MethodHandle GETSOCKOPT =
      function(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS),
          KEEP_ERRNO);
  private static final MethodHandle PIDFD_OPEN =
      function(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT),
          KEEP_ERRNO,
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle PIDFD_SEND_SIGNAL =
      function(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          KEEP_ERRNO,
          Linker.Option.firstVariadicArg(1));
  private static final MethodHandle SOCKET =
      function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), KEEP_ERRNO);
  private static final MethodHandle SEND =
      function(
          "send",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          KEEP_ERRNO);
  private static final MethodHandle RECV =
      function(
          "recv",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
          KEEP_ERRNO);
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle GETPWUID_R =
      function(
          "getpwuid_r",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

  private Kernel() {}

  /** {@return a new pidfd of the process that connected {@code socket}; the caller closes it} */
  static int peerPidfd(int socket) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
      int result =
          (int) GETSOCKOPT.invokeExact(state, socket, SOL_SOCKET, SO_PEERPIDFD, value, length);
      if (result < 0) {
        throw new KernelException("getsockopt(SO_PEERPIDFD)", errno(state));
      }
      return value.get(JAVA_INT, 0);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** {@return a new pidfd of whatever process has {@code pid} now; the caller closes it} */
  static int pidfdOpen(int pid) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      long result = (long) PIDFD_OPEN.invokeExact(state, SYS_PIDFD_OPEN, pid, 0);
      if (result < 0) {
        throw new KernelException("pidfd_open", errno(state));
      }
      return (int) result;
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * {@return whether the process of {@code pidfd} still holds its pid} Running or not yet reaped:
   * in both cases /proc/PID is its own. EPERM also means that it is there.
   */
  static boolean holdsItsPid(int pidfd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      long result =
          (long)
              PIDFD_SEND_SIGNAL.invokeExact(
                  state, SYS_PIDFD_SEND_SIGNAL, pidfd, 0, MemorySegment.NULL, 0);
      return result == 0 || errno(state) == 1;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** {@return a new netlink socket for {@code protocol}; the caller closes it} */
  static int netlinkSocket(int protocol) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int result = (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
      if (result < 0) {
        throw new KernelException("socket(AF_NETLINK)", errno(state));
      }
      return result;
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Sends one datagram on {@code socket}. */
  static void send(int socket, byte[] datagram) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, datagram);
      long result = (long) SEND.invokeExact(state, socket, bytes, (long) datagram.length, 0);
      if (result < 0) {
        throw new KernelException("send", errno(state));
      }
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** {@return the next datagram on {@code socket}, which must be there already} */
  static byte[] receive(int socket, int maxBytes) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      MemorySegment bytes = arena.allocate(maxBytes);
      long result = (long) RECV.invokeExact(state, socket, bytes, (long) maxBytes, MSG_DONTWAIT);
      if (result < 0) {
        throw new KernelException("recv", errno(state));
      }
      return bytes.asSlice(0, result).toArray(JAVA_BYTE);
    } catch (KernelException e) {
      throw e;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  static void close(int fd) {
    try {
      int ignored = (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** {@return the name of user {@code uid} as the name service knows it} */
  static Optional<String> userName(int uid) {
    try (Arena arena = Arena.ofConfined()) {
      // struct passwd is 48 bytes on 64-bit Linux; its first member is char *pw_name.
      MemorySegment entry = arena.allocate(64, 8);
      MemorySegment buffer = arena.allocate(PASSWD_BUFFER_BYTES);
      MemorySegment result = arena.allocate(ADDRESS);
      int failed = (int) GETPWUID_R.invokeExact(uid, entry, buffer, PASSWD_BUFFER_BYTES, result);
      if (failed != 0 || result.get(ADDRESS, 0).equals(MemorySegment.NULL)) {
        return Optional.empty();
      }
      return Optional.of(entry.get(STRING, 0).getString(0));
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  @SuppressWarnings("restricted") // calls into the C library are what this class is for
  private static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(), descriptor, options);
  }

  private static AssertionError impossible(Throwable cause) {
    return new AssertionError("a downcall with matching types throws nothing", cause);
  }
}
