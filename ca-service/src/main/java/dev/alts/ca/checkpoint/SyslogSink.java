package dev.alts.ca.checkpoint;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/**
 * Sends RFC 5424 messages over UDP (RFC 5426). Nobody says whether one arrived; a gap is seen by
 * its number, and the next one names the one before by its hash.
 */
final class SyslogSink implements CheckpointSink {
  /** Facility 13, log audit; severity 6, informational. */
  private static final int PRIORITY = 13 * 8 + 6;

  private final String host;
  private final int port;
  private final DatagramSocket socket;
  private long last;

  /**
   * @param address HOST:PORT; the host is looked up for each message
   * @param last checkpoints up to this one were sent by an earlier life
   */
  SyslogSink(String address, long last) {
    int colon = address.lastIndexOf(':');
    this.host = address.substring(0, colon);
    this.port = Integer.parseInt(address.substring(colon + 1));
    this.last = last;
    try {
      this.socket = new DatagramSocket();
    } catch (SocketException e) {
      throw new IllegalStateException("alts.ca.audit.syslog: no socket", e);
    }
  }

  @Override
  public long last() {
    return last;
  }

  @Override
  public void take(KeptCheckpoint checkpoint, String line) throws IOException {
    String message =
        "<%d>1 %s - alts-ca - audit-checkpoint - %s"
            .formatted(PRIORITY, checkpoint.signedAt(), line);
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    socket.send(
        new DatagramPacket(
            bytes, bytes.length, new InetSocketAddress(InetAddress.getByName(host), port)));
    last = checkpoint.number();
  }

  @Override
  public void close() {
    socket.close();
  }
}
