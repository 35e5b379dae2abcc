package dev.alts.socket;

import dev.alts.endpoint.ConnectionControl;
import java.net.Socket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the endpoint ends a blocking socket: whoever reads or writes gets an exception. */
record SocketControl(Socket socket) implements ConnectionControl {
  private static final Logger log = LoggerFactory.getLogger(SocketControl.class);

  @Override
  public void replaceSoon(String reason, Duration grace) {
    cut(reason);
  }

  /** A stream of bytes has no good end that we could make: its users keep it while they may. */
  @Override
  public void replaceAfter(Duration delay, String reason, Duration grace) {
    log.info(
        "socket will be cut soon peer={} reason=\"{}\"", socket.getRemoteSocketAddress(), reason);
  }

  @Override
  public void cut(String reason) {
    log.info("socket cut peer={} reason=\"{}\"", socket.getRemoteSocketAddress(), reason);
    AltsSocket.closeQuietly(socket);
  }
}
