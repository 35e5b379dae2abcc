package dev.alts.handshake;

import static dev.alts.handshake.MessageRules.require;
import static dev.alts.handshake.MessageRules.requireLength;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.X25519;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.peer.Suite;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerInit;

/** Parses ServerInit and holds it to the field rules and to what was offered (section 11). */
final class ServerInitRules {
  private ServerInitRules() {}

  /** {@return a well-formed answer to {@code offer}} */
  static ServerInit parse(ByteString body, ClientOffer offer) throws AltsProtocolException {
    ServerInit init;
    try {
      init = MessageRules.parse(ServerInit.parser(), body);
    } catch (InvalidProtocolBufferException e) {
      throw new AltsProtocolException(Alert.BAD_MESSAGE, "ServerInit: " + e.getMessage(), e);
    }
    require(init.getVersion() == MessageRules.VERSION, "version: not offered");
    requireLength("random", init.getRandom(), MessageRules.RANDOM_BYTES);
    require(
        Suite.ofNumber(init.getSuiteValue()).isPresent()
            && offer.message().getSuitesValueList().contains(init.getSuiteValue()),
        "suite: not offered");
    boolean exchange =
        switch (init.getOutcome()) {
          case FULL -> {
            require(!offer.isLean(), "outcome: full, without our credential");
            yield true;
          }
          case RESUMED_FORWARD_SECRET -> {
            require(offer.hasTicket() && !offer.isSymmetric(), "outcome: not offered");
            yield true;
          }
          case RESUMED_SYMMETRIC -> {
            require(offer.isSymmetric(), "outcome: not offered");
            yield false;
          }
          case RESUMPTION_REJECTED -> {
            // A second ClientInit is never lean, so a second rejection ends here.
            require(offer.isLean(), "outcome: rejected, though we sent our credential");
            yield false;
          }
          case OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
              throw MessageRules.bad("outcome: %d".formatted(init.getOutcomeValue()));
        };
    boolean hybrid = init.getSuiteValue() == Suite.X25519MLKEM768_SHA256.number();
    requireLength("x25519_ephemeral", init.getX25519Ephemeral(), exchange ? X25519.BYTES : 0);
    requireLength(
        "mlkem768_ciphertext",
        init.getMlkem768Ciphertext(),
        exchange && hybrid ? MlKem768.CIPHERTEXT_BYTES : 0);
    return init;
  }

  static boolean isResumed(ServerInit init) {
    return init.getOutcome() == Outcome.RESUMED_FORWARD_SECRET
        || init.getOutcome() == Outcome.RESUMED_SYMMETRIC;
  }

  /** {@return the suite of a message that was parsed here} */
  static Suite suite(ServerInit init) {
    return Suite.ofNumber(init.getSuiteValue())
        .orElseThrow(() -> new IllegalStateException("suite: not parsed"));
  }
}
