package dev.alts.handshake;

import com.google.protobuf.UnsafeByteOperations;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.ResumptionMode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ClientInit with the private keys behind it, from when it is made until ServerInit is there.
 * Does not print secrets; the handshaker closes it.
 */
final class ClientOffer implements AutoCloseable {
  private final Bytes frame;
  private final ClientInit message;
  private final ResumptionOffer resumption;
  private final @Nullable X25519Secret ephemeral;
  private final MlKem768.@Nullable KemKeyPair kemKeyPair;

  private ClientOffer(
      ClientInit message,
      ResumptionOffer resumption,
      @Nullable X25519Secret ephemeral,
      MlKem768.@Nullable KemKeyPair kemKeyPair) {
    this.frame = FrameType.CLIENT_INIT.encode(message);
    this.message = message;
    this.resumption = resumption;
    this.ephemeral = ephemeral;
    this.kemKeyPair = kemKeyPair;
  }

  /** {@return a new offer, its keys drawn for it} Takes ownership of the ticket, if any. */
  static ClientOffer make(
      HandshakeEnvironment environment,
      ClientHandshakeParameters parameters,
      List<String> recordProtocols,
      ResumptionOffer resumption) {
    Negotiation own = parameters.negotiation();
    byte[] random = new byte[MessageRules.RANDOM_BYTES];
    environment.random().nextBytes(random);
    ClientInit.Builder init =
        ClientInit.newBuilder()
            .addVersions(MessageRules.VERSION)
            .setRandom(UnsafeByteOperations.unsafeWrap(random))
            .addAllSuitesValue(own.suites().stream().map(Suite::number).toList())
            .addAllRecordProtocols(recordProtocols)
            .addAllApplicationProtocols(own.applicationProtocols())
            .setMaxFrameSize(own.maxFrameBytes())
            .addAllTransportProtocols(own.transportProtocols());
    if (own.rpcVersions() != null) {
      init.setRpcVersions(MessageRules.wire(own.rpcVersions()));
    }
    switch (resumption) {
      case ResumptionOffer.None none ->
          init.setCredential(MessageRules.wire(parameters.credential()));
      case ResumptionOffer.Full full -> {
        init.setCredential(MessageRules.wire(parameters.credential()));
        init.setResumption(wire(full.ticket(), ResumptionMode.FORWARD_SECRET));
      }
      case ResumptionOffer.Lean lean ->
          init.setResumption(wire(lean.ticket(), ResumptionMode.FORWARD_SECRET));
      case ResumptionOffer.Symmetric symmetric ->
          init.setResumption(wire(symmetric.ticket(), ResumptionMode.SYMMETRIC));
    }
    if (resumption instanceof ResumptionOffer.Symmetric) {
      return new ClientOffer(init.build(), resumption, null, null);
    }
    Crypto crypto = environment.crypto();
    X25519Secret ephemeral = X25519Secret.draw(crypto.x25519(), environment.random());
    init.setX25519Ephemeral(UnsafeByteOperations.unsafeWrap(ephemeral.publicKey()));
    MlKem768.KemKeyPair kemKeyPair = null;
    if (own.suites().stream().anyMatch(Suite::isHybrid)) {
      byte[] seed = new byte[MlKem768.SEED_BYTES];
      environment.random().nextBytes(seed);
      kemKeyPair = crypto.mlKem768().generate(seed);
      Arrays.fill(seed, (byte) 0);
      init.setMlkem768EncapsulationKey(
          UnsafeByteOperations.unsafeWrap(kemKeyPair.encapsulationKey()));
    }
    return new ClientOffer(init.build(), resumption, ephemeral, kemKeyPair);
  }

  Bytes frame() {
    return frame;
  }

  ClientInit message() {
    return message;
  }

  /** {@return whether a refusal of the ticket would leave nothing to go on with} */
  boolean isLean() {
    return !message.hasCredential();
  }

  boolean isSymmetric() {
    return resumption instanceof ResumptionOffer.Symmetric;
  }

  boolean hasTicket() {
    return !(resumption instanceof ResumptionOffer.None);
  }

  /** {@return the ticket that was offered, still owned by this offer} */
  ClientTicket ticket() {
    return switch (resumption) {
      case ResumptionOffer.None none -> throw new IllegalStateException("no ticket was offered");
      case ResumptionOffer.Full full -> full.ticket();
      case ResumptionOffer.Lean lean -> lean.ticket();
      case ResumptionOffer.Symmetric symmetric -> symmetric.ticket();
    };
  }

  X25519Secret ephemeral() {
    if (ephemeral == null) {
      throw new IllegalStateException("symmetric mode has no ephemeral key");
    }
    return ephemeral;
  }

  MlKem768.KemKeyPair kemKeyPair() {
    if (kemKeyPair == null) {
      throw new IllegalStateException("no hybrid suite was offered");
    }
    return kemKeyPair;
  }

  @Override
  public void close() {
    if (ephemeral != null) {
      ephemeral.close();
    }
    if (hasTicket()) {
      ticket().close();
    }
  }

  @Override
  public String toString() {
    return "ClientOffer[redacted]";
  }

  private static dev.alts.wire.handshake.v1.ResumptionOffer wire(
      ClientTicket ticket, ResumptionMode mode) {
    return dev.alts.wire.handshake.v1.ResumptionOffer.newBuilder()
        .setTicket(UnsafeByteOperations.unsafeWrap(ticket.ticket().asByteBuffer()))
        .addModes(mode)
        .build();
  }
}
