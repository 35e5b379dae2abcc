package dev.alts.handshake;

import static dev.alts.handshake.MessageRules.require;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.record.RecordProtocol;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.NewTicket;
import dev.alts.wire.handshake.v1.ServerParameters;

/** Parses opened ServerParameters and holds them to the field rules and to what was offered. */
final class ServerParametersRules {
  private ServerParametersRules() {}

  /** {@return well-formed parameters that answer {@code init}} */
  static ServerParameters parse(byte[] encoded, ClientInit init, boolean resumed)
      throws AltsProtocolException {
    ServerParameters parameters;
    try {
      parameters =
          MessageRules.parse(ServerParameters.parser(), UnsafeByteOperations.unsafeWrap(encoded));
    } catch (InvalidProtocolBufferException e) {
      throw new AltsProtocolException(Alert.BAD_MESSAGE, "ServerParameters: " + e.getMessage(), e);
    }
    require(parameters.hasCredential() != resumed, "credential: not exactly if full");
    if (parameters.hasCredential()) {
      MessageRules.requireComplete(parameters.getCredential());
    }
    require(
        init.getRecordProtocolsList().contains(parameters.getRecordProtocol()),
        "record_protocol: not offered");
    require(
        init.getApplicationProtocolsList().contains(parameters.getApplicationProtocol()),
        "application_protocol: not offered");
    require(
        parameters.getTransportProtocol().isEmpty()
            || init.getTransportProtocolsList().contains(parameters.getTransportProtocol()),
        "transport_protocol: not offered");
    require(
        parameters.hasRpcVersions() == init.hasRpcVersions(),
        "rpc_versions: only one side says any");
    if (parameters.hasNewTicket()) {
      requireTicket(parameters.getNewTicket());
    }
    return parameters;
  }

  /** {@return the record protocol of parameters that were parsed here} */
  static RecordProtocol recordProtocol(ServerParameters parameters) {
    return RecordProtocol.ofName(parameters.getRecordProtocol())
        .orElseThrow(() -> new IllegalStateException("we offer only what we speak"));
  }

  private static void requireTicket(NewTicket ticket) throws AltsProtocolException {
    require(!ticket.getTicket().isEmpty(), "new_ticket: without ticket");
    require(ticket.getTicket().size() <= MessageRules.MAX_TICKET_BYTES, "new_ticket: above 4096");
    require(ticket.getLifetimeSeconds() != 0, "new_ticket: lifetime_seconds 0");
  }
}
