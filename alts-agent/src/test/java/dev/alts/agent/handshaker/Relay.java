package dev.alts.agent.handshaker;

import com.google.protobuf.ByteString;
import dev.alts.api.handshaker.HandshakerResp;
import dev.alts.api.handshaker.HandshakerResult;
import dev.alts.api.handshaker.StartClientHandshakeReq;
import dev.alts.api.handshaker.StartServerHandshakeReq;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerInit;
import io.grpc.Channel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A client and a server that both ask the agent, and the wire between them, cut anyhow. */
final class Relay {
  private static final ByteString FIRST_RECORD = ByteString.copyFromUtf8("the first record");

  private final Channel agent;
  private final int pieceBytes;

  /**
   * What came of a handshake.
   *
   * @param outcome of the last ServerInit
   */
  record Met(HandshakerResult client, HandshakerResult server, Outcome outcome) {}

  Relay(Channel agent, int pieceBytes) {
    this.agent = agent;
    this.pieceBytes = pieceBytes;
  }

  Met meet(StartClientHandshakeReq.Builder asClient, StartServerHandshakeReq.Builder asServer)
      throws Exception {
    HandshakeCall client = new HandshakeCall(agent);
    HandshakeCall server = new HandshakeCall(agent);
    ByteString toServer = client.send(asClient).response().getOutFrames();
    HandshakerResp answer = server.send(asServer.setInBytes(toServer)).response();
    requireConsumed(answer, toServer.size());
    ByteString flight = answer.getOutFrames();
    HandshakerResp clientEnd = inPieces(client, flight);
    if (!clientEnd.hasResult()) {
      // A lean offer was rejected; what comes now is a full one.
      flight = inPieces(server, clientEnd.getOutFrames()).getOutFrames();
      clientEnd = inPieces(client, flight);
    }
    // As in one segment with the first record, which is not the handshake's.
    ByteString last = clientEnd.getOutFrames();
    HandshakerResp serverEnd = server.next(last.concat(FIRST_RECORD)).response();
    requireConsumed(serverEnd, last.size());
    if (!client.end().isOk() || !server.end().isOk()) {
      throw new AssertionError("a call did not end with its result");
    }
    return new Met(clientEnd.getResult(), serverEnd.getResult(), outcome(flight));
  }

  /** Every piece but the last is consumed without an answer to the peer. */
  private HandshakerResp inPieces(HandshakeCall call, ByteString bytes) throws Exception {
    int at = 0;
    while (bytes.size() - at > pieceBytes) {
      HandshakerResp response = call.next(bytes.substring(at, at + pieceBytes)).response();
      requireConsumed(response, pieceBytes);
      if (!response.getOutFrames().isEmpty() || response.hasResult()) {
        throw new AssertionError("an answer to half a message: " + response);
      }
      at += pieceBytes;
    }
    HandshakerResp response = call.next(bytes.substring(at)).response();
    requireConsumed(response, bytes.size() - at);
    return response;
  }

  private static void requireConsumed(HandshakerResp response, int bytes) {
    if (response.getBytesConsumed() != bytes || !response.hasStatus()) {
      throw new AssertionError("expected %d bytes consumed: %s".formatted(bytes, response));
    }
  }

  static Outcome outcome(ByteString flight) throws Exception {
    ByteBuffer header = flight.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int length = header.getInt();
    return ServerInit.parseFrom(flight.substring(8, 4 + length)).getOutcome();
  }
}
