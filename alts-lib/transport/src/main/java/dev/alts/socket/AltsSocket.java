package dev.alts.socket;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ConnectionControl;
import dev.alts.endpoint.OpenConnection;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.Exporter;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.Handshaker;
import dev.alts.peer.AltsPeer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A connected, authenticated, protected socket with blocking streams.
 *
 * <p>Lifecycle: made by {@link #connect} or {@link #accept}, which do the handshake and take over
 * the plain socket, also when they fail. {@link #shutdownOutput} says that no more data comes;
 * {@link #close} does so too and ends the connection. An end of data that the peer did not say is
 * an {@link java.io.EOFException}, not an end of data. A socket that has lived its longest time
 * (handshake.md section 7) is cut: only a protocol above could tell its peer to come again.
 *
 * <p>One thread may read while others write, and any thread may close; reading is for one thread.
 * Who closes while another thread writes cuts that write off, and no end of data is sent.
 */
public final class AltsSocket implements Closeable {
  /** How long a peer that does not read may keep whoever closes: the end of data waits for it. */
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);

  private final Socket socket;
  private final AltsPeer peer;
  private final OpenConnection connection;
  private final AltsInputStream input;
  private final AltsOutputStream output;
  private final CompletableFuture<Void> retirement;

  private AltsSocket(
      Socket socket,
      SocketControl control,
      AltsPeer peer,
      OpenConnection connection,
      ByteBuffer alreadyReceived)
      throws IOException {
    this.socket = socket;
    this.peer = peer;
    this.connection = connection;
    this.input =
        new AltsInputStream(control.input(), connection.records().unprotector(), alreadyReceived);
    this.output = new AltsOutputStream(control.output(), connection.records().protector());
    this.retirement =
        new CompletableFuture<Void>()
            .orTimeout(connection.life().replaceAfter().toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<Void> unused =
        retirement.whenComplete((closed, timeout) -> {
          if (timeout != null) {
            control.cut("it has lived its time");
          }
        });
  }

  /**
   * {@return the protected socket over {@code connected}} Waits for the first credential and the
   * handshake.
   *
   * @param target host and port as the application names them: which server is the right one may
   *     depend on it
   */
  public static AltsSocket connect(ClientEndpoint client, Socket connected, String target)
      throws IOException {
    return open(
        connected,
        () -> client.newHandshaker(target),
        (established, control) -> client.open(target, established, control));
  }

  /** {@return the protected socket over {@code accepted}} Waits for the handshake. */
  public static AltsSocket accept(ServerEndpoint server, Socket accepted) throws IOException {
    // closing the plain socket ends the blocking handshake with an exception
    Optional<HandshakeBudget.Slot> admitted =
        server.admit(
            HandshakeBudget.sourceOf(accepted.getInetAddress().getAddress()),
            () -> closeQuietly(accepted));
    if (admitted.isEmpty()) {
      IOException refused =
          new IOException(
              "ALTS handshake with %s refused: budget exhausted"
                  .formatted(accepted.getRemoteSocketAddress()));
      try (accepted) {
        BlockingHandshake.sayLast(accepted, Alert.OVERLOADED.frame());
      } catch (IOException lost) {
        refused.addSuppressed(lost);
      }
      throw refused;
    }
    try (HandshakeBudget.Slot slot = admitted.get()) {
      return open(accepted, () -> server.newHandshaker(slot), server::open);
    }
  }

  /** {@return who the other end is, as its handshake proved} */
  public AltsPeer peer() {
    return peer;
  }

  /**
   * {@return secrets that only both ends of this connection can derive; valid until it is closed}
   */
  public Exporter exporter() {
    return connection.exporter();
  }

  public InputStream getInputStream() {
    return input;
  }

  public OutputStream getOutputStream() {
    return output;
  }

  /** Says that no more data comes; reading goes on. */
  public void shutdownOutput() throws IOException {
    output.close();
  }

  /**
   * Ends our data, unless that fails, and the connection. May be repeated. A peer that does not
   * take the end of data within a second is cut off without it, which is a failure.
   */
  @Override
  public void close() throws IOException {
    if (socket.isClosed()) {
      // cut meanwhile, or closed before
      connection.close();
      boolean unused = retirement.complete(null);
      return;
    }
    CompletableFuture<Void> said = cutUnlessCompleted(socket, CLOSE_PATIENCE);
    try (socket) {
      output.closeUnlessBusy();
    } finally {
      boolean unusedSaid = said.complete(null);
      connection.close();
      boolean unused = retirement.complete(null);
    }
  }

  @Override
  public String toString() {
    return "AltsSocket[%s, %s]".formatted(peer.id(), socket.getRemoteSocketAddress());
  }

  private interface Opener {
    OpenConnection open(Established established, ConnectionControl control)
        throws AltsProtocolException;
  }

  private static AltsSocket open(Socket socket, Supplier<Handshaker> handshaker, Opener opener)
      throws IOException {
    try {
      BlockingHandshake handshake = new BlockingHandshake(socket, handshaker.get());
      Established established = handshake.run();
      SocketControl control = new SocketControl(socket);
      OpenConnection connection = register(control, handshake, established, opener);
      return start(socket, control, handshake, established, connection);
    } catch (IOException | RuntimeException e) {
      closeQuietly(socket);
      throw e;
    }
  }

  private static AltsSocket start(
      Socket socket,
      SocketControl control,
      BlockingHandshake handshake,
      Established established,
      OpenConnection connection)
      throws IOException {
    try {
      handshake.send(established.lastFlight());
      socket.setSoTimeout(0);
      return new AltsSocket(socket, control, established.peer(), connection, handshake.rest());
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static OpenConnection register(
      SocketControl control, BlockingHandshake handshake, Established established, Opener opener)
      throws IOException {
    try {
      return opener.open(established, control);
    } catch (AltsProtocolException e) {
      established.keys().close();
      throw handshake.refuse(e);
    }
  }

  /** Writing to a socket knows no time-out but that somebody closes it. */
  private static CompletableFuture<Void> cutUnlessCompleted(Socket socket, Duration patience) {
    CompletableFuture<Void> done =
        new CompletableFuture<Void>().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<Void> unused =
        done.whenComplete((completed, timeout) -> {
          if (timeout != null) {
            closeQuietly(socket);
          }
        });
    return done;
  }

  static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is gone either way, and the reason why it is closed matters more
      return;
    }
  }
}
