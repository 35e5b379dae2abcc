package dev.alts.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A replica that stops: its port still takes connections, and they are closed unserved. */
final class LeavingReplica implements AutoCloseable {
  private final ServerSocket port;
  private final AtomicInteger connections = new AtomicInteger();

  private LeavingReplica(ServerSocket port) {
    this.port = port;
  }

  static LeavingReplica start() throws IOException {
    LeavingReplica replica =
        new LeavingReplica(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().start(replica::run);
    return replica;
  }

  String address() {
    return "127.0.0.1:" + port.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  private void run() {
    while (!port.isClosed()) {
      try (Socket connection = port.accept()) {
        // Behind the first message of the handshake, so that closing is not a reset.
        var _ = connection.getInputStream().readNBytes(5);
        connections.incrementAndGet();
      } catch (IOException e) {
        // The port was closed, or the other side left first.
        continue;
      }
    }
  }

  @Override
  public void close() throws IOException {
    port.close();
  }
}
