package dev.alts.socket;

import dev.alts.endpoint.ConnectionControl;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the endpoint ends a blocking socket: whoever reads or writes gets an exception that says why.
 */
final class SocketControl implements ConnectionControl {
  private static final Logger log = LoggerFactory.getLogger(SocketControl.class);

  private final Socket socket;
  private volatile @Nullable String cutBecause;

  SocketControl(Socket socket) {
    this.socket = socket;
  }

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
    cutBecause = reason;
    AltsSocket.closeQuietly(socket);
  }

  InputStream input() throws IOException {
    return new FilterInputStream(socket.getInputStream()) {
      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        try {
          return in.read(target, offset, length);
        } catch (IOException e) {
          throw explained(e);
        }
      }
    };
  }

  OutputStream output() throws IOException {
    return new FilterOutputStream(socket.getOutputStream()) {
      @Override
      public void write(byte[] source, int offset, int length) throws IOException {
        try {
          out.write(source, offset, length);
        } catch (IOException e) {
          throw explained(e);
        }
      }
    };
  }

  private IOException explained(IOException failure) {
    String reason = cutBecause;
    return reason == null ? failure : new IOException("ALTS connection cut: " + reason, failure);
  }
}
