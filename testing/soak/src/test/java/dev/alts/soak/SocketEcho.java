package dev.alts.soak;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.socket.AltsSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An echo server over {@link AltsSocket}, a virtual thread per connection, and its clients. */
final class SocketEcho implements AutoCloseable {
  private static final int BYTES = 32;
  private static final int BACKLOG = 1_000;

  private final Cast cast;
  private final ServerSocket listener =
      new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());

  SocketEcho(Cast cast) throws IOException {
    this.cast = cast;
    Thread unused = Thread.ofVirtual().start(this::serve);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Connects, has records echoed and closes; {@return why that failed, or empty} */
  String visit(ClientEndpoint endpoint, int number, int records) throws IOException {
    Socket plain = new Socket();
    plain.bind(Loopbacks.source(number));
    plain.connect(address());
    try (AltsSocket socket = AltsSocket.connect(endpoint, plain, Cast.TARGET)) {
      byte[] message = new byte[BYTES];
      for (int i = 0; i < records; i++) {
        socket.getOutputStream().write(message);
        if (socket.getInputStream().readNBytes(BYTES).length != BYTES) {
          throw new AssertionError("the echo ended after %d records".formatted(i));
        }
      }
      return "";
    } catch (IOException failed) {
      return String.valueOf(failed.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try {
        Socket accepted = listener.accept();
        Thread unused = Thread.ofVirtual().start(() -> echo(accepted));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void echo(Socket accepted) {
    byte[] buffer = new byte[BYTES];
    try (AltsSocket socket = AltsSocket.accept(cast.server, accepted)) {
      InputStream in = socket.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        socket.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException hostile) {
      // hostile peers are part of the play
      return;
    }
  }
}
