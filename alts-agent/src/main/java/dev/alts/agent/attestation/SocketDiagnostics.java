package dev.alts.agent.attestation;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Asks the kernel about TCP sockets of the agent's network namespace (sock_diag(7)). Thread-safe.
 */
final class SocketDiagnostics {
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short NLMSG_ERROR = 2;
  private static final short NLM_F_REQUEST = 1;
  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;
  private static final byte IPPROTO_TCP = 6;
  private static final int HEADER_BYTES = 16;
  private static final int REQUEST_BYTES = 56;
  private static final int ADDRESS_BYTES = 16;
  private static final int MAX_ANSWER_BYTES = 8_192;
  private static final long NO_COOKIE = -1;
  private static final int ALL_STATES = -1;

  private SocketDiagnostics() {}

  /** {@return the socket that has these addresses, seen from its side, if there is one} */
  static Optional<TcpSocket> find(InetSocketAddress local, InetSocketAddress remote)
      throws IOException {
    ByteBuffer answer = ask(request(local, remote));
    int length = answer.getInt();
    short type = answer.getShort();
    answer.position(HEADER_BYTES);
    if (type == NLMSG_ERROR) {
      int error = -answer.getInt();
      if (error == KernelException.ENOENT) {
        return Optional.empty();
      }
      throw new KernelException("sock_diag", error);
    }
    if (type != SOCK_DIAG_BY_FAMILY || length < HEADER_BYTES + 72) {
      throw new IOException("sock_diag: an answer of type %d, %d bytes".formatted(type, length));
    }
    answer.get(); // family
    int state = answer.get();
    // struct inet_diag_msg: four bytes, the id of 48 bytes that ends with the cookie, ...
    long cookie = answer.getLong(HEADER_BYTES + 4 + 40);
    int uid = answer.getInt(HEADER_BYTES + 4 + 48 + 12);
    long inode = Integer.toUnsignedLong(answer.getInt(HEADER_BYTES + 4 + 48 + 16));
    return Optional.of(new TcpSocket(local, remote, cookie, state, uid, inode));
  }

  private static ByteBuffer ask(byte[] request) throws IOException {
    int socket = Kernel.netlinkSocket(NETLINK_SOCK_DIAG);
    try {
      // The kernel answers before send returns.
      Kernel.send(socket, request);
      byte[] answer = Kernel.receive(socket, MAX_ANSWER_BYTES);
      if (answer.length < HEADER_BYTES + Integer.BYTES) {
        throw new IOException("sock_diag: an answer of %d bytes".formatted(answer.length));
      }
      return ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder());
    } finally {
      Kernel.close(socket);
    }
  }

  private static byte[] request(InetSocketAddress local, InetSocketAddress remote) {
    boolean four = local.getAddress() instanceof Inet4Address;
    ByteBuffer request =
        ByteBuffer.allocate(HEADER_BYTES + REQUEST_BYTES).order(ByteOrder.nativeOrder());
    request.putInt(request.capacity()).putShort(SOCK_DIAG_BY_FAMILY).putShort(NLM_F_REQUEST);
    request.putInt(0).putInt(0);
    request.put(four ? AF_INET : AF_INET6).put(IPPROTO_TCP).putShort((short) 0);
    request.putInt(ALL_STATES);
    request.order(ByteOrder.BIG_ENDIAN);
    request.putShort((short) local.getPort()).putShort((short) remote.getPort());
    put(request, local.getAddress());
    put(request, remote.getAddress());
    request.order(ByteOrder.nativeOrder()).putInt(0).putLong(NO_COOKIE);
    return request.array();
  }

  private static void put(ByteBuffer request, InetAddress address) {
    byte[] bytes = address.getAddress();
    request.put(bytes).position(request.position() + ADDRESS_BYTES - bytes.length);
  }
}
