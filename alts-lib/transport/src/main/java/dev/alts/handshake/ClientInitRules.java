package dev.alts.handshake;

import static dev.alts.handshake.MessageRules.require;
import static dev.alts.handshake.MessageRules.requireLength;
import static dev.alts.handshake.MessageRules.requireList;
import static dev.alts.handshake.MessageRules.requireNames;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.X25519;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.peer.Suite;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.ResumptionMode;
import dev.alts.wire.handshake.v1.ResumptionOffer;
import java.util.List;

/**
 * Parses ClientInit and holds it to the field rules (handshake.md sections 4, 11), in the order of
 * the server's work. Nothing here costs a public-key operation.
 */
final class ClientInitRules {
  private ClientInitRules() {}

  /**
   * {@return a well-formed message}
   *
   * @param afterRejection whether this is the second one of the connection, which is full
   */
  static ClientInit parse(ByteString body, boolean afterRejection) throws AltsProtocolException {
    ClientInit init;
    try {
      init = MessageRules.parse(ClientInit.parser(), body);
    } catch (InvalidProtocolBufferException e) {
      throw new AltsProtocolException(Alert.BAD_MESSAGE, "ClientInit: " + e.getMessage(), e);
    }
    requireCounts(init);
    requireVersion(init);
    requireFields(init);
    requireKeyExchange(init);
    if (init.hasResumption()) {
      requireOffer(init);
    }
    if (init.hasCredential()) {
      MessageRules.requireComplete(init.getCredential());
    }
    require(init.hasCredential() || init.hasResumption(), "neither credential nor ticket");
    require(
        !afterRejection || (init.hasCredential() && !init.hasResumption()),
        "second ClientInit: with an offer or without a credential");
    return init;
  }

  /** {@return whether the offer is for resumption without key exchange: that mode and no other} */
  static boolean isSymmetricOnly(ClientInit init) {
    return init.hasResumption()
        && init.getResumption().getModesValueList().equals(List.of(ResumptionMode.SYMMETRIC_VALUE));
  }

  private static void requireCounts(ClientInit init) throws AltsProtocolException {
    requireList("versions", init.getVersionsList());
    requireList("suites", init.getSuitesValueList());
    requireNames("record_protocols", init.getRecordProtocolsList());
    requireNames("application_protocols", init.getApplicationProtocolsList());
    requireNames("transport_protocols", init.getTransportProtocolsList());
    ResumptionOffer offer = init.getResumption();
    requireList("modes", offer.getModesValueList());
    require(offer.getTicket().size() <= MessageRules.MAX_TICKET_BYTES, "ticket: longer than 4096");
  }

  private static void requireVersion(ClientInit init) throws AltsProtocolException {
    require(init.getVersionsCount() > 0, "versions: missing");
    if (!init.getVersionsList().contains(MessageRules.VERSION)) {
      throw new AltsProtocolException(
          Alert.UNSUPPORTED_VERSION, "versions %s".formatted(init.getVersionsList()));
    }
  }

  private static void requireFields(ClientInit init) throws AltsProtocolException {
    requireLength("random", init.getRandom(), MessageRules.RANDOM_BYTES);
    require(init.getSuitesCount() > 0, "suites: missing");
    require(!init.getSuitesValueList().contains(0), "suites: with 0");
    require(init.getRecordProtocolsCount() > 0, "record_protocols: missing");
    require(init.getApplicationProtocolsCount() > 0, "application_protocols: missing");
  }

  private static void requireKeyExchange(ClientInit init) throws AltsProtocolException {
    boolean exchange = !isSymmetricOnly(init);
    boolean hybrid = init.getSuitesValueList().contains(Suite.X25519MLKEM768_SHA256.number());
    requireLength("x25519_ephemeral", init.getX25519Ephemeral(), exchange ? X25519.BYTES : 0);
    ByteString kemKey = init.getMlkem768EncapsulationKey();
    requireLength(
        "mlkem768_encapsulation_key",
        kemKey,
        exchange && hybrid ? MlKem768.ENCAPSULATION_KEY_BYTES : 0);
    require(
        kemKey.isEmpty() || MlKem768.isEncapsulationKey(kemKey.asReadOnlyByteBuffer()),
        "mlkem768_encapsulation_key: fails the check of FIPS 203");
  }

  private static void requireOffer(ClientInit init) throws AltsProtocolException {
    ResumptionOffer offer = init.getResumption();
    require(!offer.getTicket().isEmpty(), "ticket: missing");
    require(offer.getModesCount() > 0, "modes: missing");
    require(!offer.getModesValueList().contains(0), "modes: with 0");
    require(
        !(isSymmetricOnly(init) && init.hasCredential()),
        "symmetric mode alone: with a credential");
  }
}
