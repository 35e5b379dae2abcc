package dev.alts.handshake;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.AwaitPeer;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A client and a server, and between them a wire that hands over a few bytes at a time. */
final class HandshakePair {
  private final Handshaker client;
  private final Handshaker server;
  private final int bufferBytes;
  private final List<Bytes> fromClient = new ArrayList<>();
  private final List<Bytes> fromServer = new ArrayList<>();
  private Established clientResult;
  private Established serverResult;

  HandshakePair(Handshaker client, Handshaker server, int bufferBytes) {
    this.client = client;
    this.server = server;
    this.bufferBytes = bufferBytes;
  }

  /** Runs it to its end on both sides. */
  HandshakePair run() throws AltsProtocolException {
    server.start();
    Bytes flight = ((Send) client.start()).flight();
    while (serverResult == null) {
      fromClient.add(flight);
      Bytes answer = deliver(server, flight);
      if (serverResult == null) {
        fromServer.add(answer);
        flight = deliver(client, answer);
      }
    }
    return this;
  }

  private Bytes deliver(Handshaker to, Bytes flight) throws AltsProtocolException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] all = flight.toByteArray();
    for (int from = 0; from < all.length; from += bufferBytes) {
      ByteBuffer in = ByteBuffer.wrap(all, from, Math.min(bufferBytes, all.length - from));
      while (in.hasRemaining()) {
        switch (to.receive(in)) {
          case AwaitPeer await -> {}
          case Send send -> out.writeBytes(send.flight().toByteArray());
          case Established established -> {
            out.writeBytes(established.lastFlight().toByteArray());
            if (to instanceof ClientHandshaker) {
              clientResult = established;
            } else {
              serverResult = established;
            }
          }
        }
      }
    }
    return Bytes.copyOf(out.toByteArray());
  }

  List<Bytes> fromClient() {
    return fromClient;
  }

  List<Bytes> fromServer() {
    return fromServer;
  }

  Established clientResult() {
    return clientResult;
  }

  Established serverResult() {
    return serverResult;
  }
}
