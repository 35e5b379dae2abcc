package dev.alts.agent.attestation;

import java.net.InetSocketAddress;

/**
 * One end of a TCP connection, as the kernel's socket diagnostics name it.
 *
 * @param cookie no other socket has it between two starts of the machine
 * @param state as in the kernel's {@code enum}
 * @param uid user that made the socket, in the numbers of the agent's user namespace
 * @param inode of the descriptors that lead to it; 0: none does any more
 */
record TcpSocket(
    InetSocketAddress local,
    InetSocketAddress remote,
    long cookie,
    int state,
    int uid,
    long inode) {
  private static final int ESTABLISHED = 1;

  boolean isEstablished() {
    return state == ESTABLISHED && inode != 0;
  }
}
