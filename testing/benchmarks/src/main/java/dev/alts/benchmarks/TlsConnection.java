package dev.alts.benchmarks;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two TLS engines and the bytes between them, in one thread. */
final class TlsConnection implements AutoCloseable {
  private static final int NET_BYTES = 64 * 1024;
  private static final int MAX_STEPS = 100;

  private final SSLEngine client;
  private final SSLEngine server;
  private final Wire wire;
  private final ByteBuffer toServer;
  private final ByteBuffer toClient;
  private final ByteBuffer clientApp;
  private final ByteBuffer serverApp;

  TlsConnection(TlsEngine.Contexts contexts, Wire wire) throws SSLException {
    this.wire = wire;
    toServer = wire.toServer.clear();
    toClient = wire.toClient.clear();
    clientApp = wire.clientApp.clear();
    serverApp = wire.serverApp.clear();
    client = contexts.newClient();
    server = contexts.newServer();
  }

  /** Buffers that connections use one after the other, so that none pays for making them. */
  static final class Wire {
    private final ByteBuffer toServer = ByteBuffer.allocateDirect(NET_BYTES);
    private final ByteBuffer toClient = ByteBuffer.allocateDirect(NET_BYTES);
    private final ByteBuffer clientApp = ByteBuffer.allocateDirect(NET_BYTES);
    private final ByteBuffer serverApp = ByteBuffer.allocateDirect(NET_BYTES);
    private final ByteBuffer one = ByteBuffer.allocateDirect(1);
    private final ByteBuffer nothing = ByteBuffer.allocateDirect(0);
  }

  /**
   * A complete handshake and one byte from the server, with which the client learns its tickets.
   */
  void handshake() throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    for (int steps = 0; isHandshaking(client) || isHandshaking(server); steps++) {
      if (steps > MAX_STEPS) {
        throw new IllegalStateException(
            "stuck: client %s, server %s"
                .formatted(client.getHandshakeStatus(), server.getHandshakeStatus()));
      }
      step(client, toClient, toServer, clientApp);
      step(server, toServer, toClient, serverApp);
    }
    require(server.wrap(wire.one.clear(), toClient));
    drain(client, toClient, clientApp);
    clientApp.clear();
  }

  /** Protects {@code plain} at the client, opens it at the server; {@return the bytes opened} */
  int transfer(ByteBuffer plain) throws SSLException {
    int opened = 0;
    do {
      require(client.wrap(plain, toServer));
      serverApp.clear();
      drain(server, toServer, serverApp);
      opened += serverApp.position();
    } while (plain.hasRemaining());
    return opened;
  }

  private static boolean isHandshaking(SSLEngine engine) {
    return engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING;
  }

  private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out, ByteBuffer app)
      throws SSLException {
    switch (engine.getHandshakeStatus()) {
      case NEED_WRAP -> require(engine.wrap(wire.nothing, out));
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> drain(engine, in, app);
      case NEED_TASK -> runTasks(engine, app);
    }
  }

  private void runTasks(SSLEngine engine, ByteBuffer app) throws SSLException {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP) {
      // tcnative goes on only when it is asked again, with or without bytes
      engine.unwrap(wire.nothing, app);
    }
  }

  private void drain(SSLEngine engine, ByteBuffer in, ByteBuffer app) throws SSLException {
    in.flip();
    if (!in.hasRemaining() && isHandshaking(engine)) {
      // what tcnative has read already it looks at only when it is asked again
      engine.unwrap(wire.nothing, app);
    }
    while (in.hasRemaining()) {
      SSLEngineResult result = engine.unwrap(in, app);
      if (result.getStatus() != SSLEngineResult.Status.OK) {
        break;
      }
      HandshakeStatus next = engine.getHandshakeStatus();
      if (next == HandshakeStatus.NEED_TASK || next == HandshakeStatus.NEED_WRAP) {
        break;
      }
    }
    in.compact();
  }

  private static void require(SSLEngineResult result) {
    if (result.getStatus() != SSLEngineResult.Status.OK) {
      throw new IllegalStateException("TLS engine: " + result);
    }
  }

  @Override
  public void close() throws SSLException {
    close(client);
    close(server);
  }

  /** Native engines hold their resources until both directions are closed and drained. */
  private void close(SSLEngine engine) throws SSLException {
    engine.closeOutbound();
    ByteBuffer out = toServer.clear();
    while (!engine.isOutboundDone() && engine.wrap(wire.nothing, out).bytesProduced() > 0) {
      out.clear();
    }
    try {
      engine.closeInbound();
    } catch (SSLException e) {
      // The peer's close_notify is still on its way: there is no wire any more, and the engine is
      // released all the same.
      engine.getSession().invalidate();
    }
    if (engine instanceof io.netty.util.ReferenceCounted counted) {
      counted.release();
    }
  }
}
