package dev.alts.soak;

import dev.alts.frame.FrameType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;

/** Peers of a server that give up, or mean it ill, over plain sockets. */
final class RawPeers {
  private static final int PATIENCE_MILLIS = 20_000;

  private final InetSocketAddress server;
  private final byte[] clientInit;

  /**
   * @param clientInit a good first frame, to be cut, changed and replayed
   */
  RawPeers(InetSocketAddress server, byte[] clientInit) {
    this.server = server;
    this.clientInit = clientInit.clone();
  }

  /** Hangs up in the middle of its first frame, at another byte each time. */
  void hangUpInClientInit(int number) throws IOException {
    try (Socket socket = connect(number)) {
      socket.getOutputStream().write(clientInit, 0, number * 31 % clientInit.length);
    }
  }

  /** Takes the server's answer, which cost it all its work, and hangs up. */
  void hangUpAfterTheAnswer(int number) throws IOException {
    try (Socket socket = connect(number)) {
      socket.getOutputStream().write(clientInit);
      int unused = socket.getInputStream().read();
    }
  }

  /** Flips a bit of a good frame. */
  void flipABit(int number) throws IOException {
    byte[] changed = clientInit.clone();
    changed[number % changed.length] ^= (byte) (1 << number / changed.length % 8);
    // a length that grew makes the server wait for the rest
    try (Socket socket = connect(number)) {
      socket.getOutputStream().write(changed);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  }

  /** Sends what is no protocol at all. */
  void sendGarbage(int number) throws IOException {
    byte[] garbage = new byte[8 + number % 600];
    new Random(number).nextBytes(garbage);
    try (Socket socket = connect(number)) {
      socket.getOutputStream().write(garbage);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  }

  /** Replays a ClientInit and, not having its keys, makes up the authenticator. */
  void replay(int number) throws IOException {
    byte[] body = new byte[34];
    body[0] = 0x0a;
    body[1] = 0x20;
    try (Socket socket = connect(number)) {
      socket.getOutputStream().write(clientInit);
      socket.getOutputStream().write(FrameType.CLIENT_FINISHED.encode(body));
      socket.getInputStream().readAllBytes();
    }
  }

  private Socket connect(int number) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.bind(Loopbacks.source(number));
    socket.connect(server, PATIENCE_MILLIS);
    return socket;
  }
}
