package dev.alts.handshake;

import com.google.protobuf.ByteString;
import dev.alts.crypto.AltsKdf;
import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.wire.handshake.v1.ServerInit;

/**
 * What a client holds between ServerInit and ServerFinished: s2, and the offer whose ephemeral key
 * still has to meet the server's static one. Does not print secrets; the handshaker closes it.
 */
final class ClientExchange implements AutoCloseable {
  private static final byte[] NO_CONTEXT = new byte[0];

  private final ClientOffer offer;
  private final ServerInit serverInit;
  private final Transcript transcript;
  private final byte[] th1;
  private final ChainSecret s2;

  private ClientExchange(
      ClientOffer offer, ServerInit serverInit, Transcript transcript, byte[] th1, ChainSecret s2) {
    this.offer = offer;
    this.serverInit = serverInit;
    this.transcript = transcript;
    this.th1 = th1;
    this.s2 = s2;
  }

  /** {@return the exchange that a well-formed ServerInit leads to} Takes ownership of the offer. */
  static ClientExchange of(
      Crypto crypto,
      CredentialSnapshot credential,
      ClientOffer offer,
      ServerInit serverInit,
      Bytes serverInitFrame)
      throws AltsProtocolException {
    AltsKdf kdf = new AltsKdf(crypto.hkdf());
    boolean resumed = ServerInitRules.isResumed(serverInit);
    byte[] ephemeral = ephemeralResult(crypto, offer, serverInit);
    byte[] clientStatic =
        resumed
            ? Exchange.nothing()
            : agreeStatic(crypto, credential, serverInit.getX25519Ephemeral());
    Transcript transcript = new Transcript(crypto, offer.frame(), serverInitFrame);
    byte[] th1 = transcript.th1();
    ChainSecret s0 =
        resumed
            ? ChainSecret.ofResumption(kdf, offer.ticket().resumptionSecret())
            : ChainSecret.ofFullHandshake(kdf);
    ChainSecret s2 = s0.next(NO_CONTEXT, ephemeral).next(th1, clientStatic);
    return new ClientExchange(offer, serverInit, transcript, th1, s2);
  }

  boolean isResumed() {
    return ServerInitRules.isResumed(serverInit);
  }

  Suite suite() {
    return ServerInitRules.suite(serverInit);
  }

  ClientOffer offer() {
    return offer;
  }

  Transcript transcript() {
    return transcript;
  }

  byte[] th1() {
    return th1;
  }

  /** {@return the encoded ServerParameters} */
  byte[] openParameters(Crypto crypto, byte[] sealed) throws AltsProtocolException {
    KeySchedule.ParameterKeys keys = KeySchedule.parameterKeys(s2, th1);
    try {
      return keys.open(crypto, sealed);
    } finally {
      keys.wipe();
    }
  }

  /** {@return s3 of a full handshake, from the key that the server's credential certifies} */
  ChainSecret s3WithServerKey(Bytes serverStaticKey) throws AltsProtocolException {
    return s2.next(th1, offer.ephemeral().agree(serverStaticKey.toByteArray()));
  }

  /** {@return s3 of a resumed handshake} */
  ChainSecret s3() {
    return s2.next(th1, Exchange.nothing());
  }

  @Override
  public void close() {
    s2.close();
    offer.close();
  }

  @Override
  public String toString() {
    return "ClientExchange[redacted]";
  }

  private static byte[] ephemeralResult(Crypto crypto, ClientOffer offer, ServerInit serverInit)
      throws AltsProtocolException {
    if (offer.isSymmetric()) {
      return Exchange.nothing();
    }
    byte[] shared = offer.ephemeral().agree(serverInit.getX25519Ephemeral().toByteArray());
    if (!ServerInitRules.suite(serverInit).isHybrid()) {
      return shared;
    }
    byte[] kemSecret =
        crypto
            .mlKem768()
            .decapsulate(offer.kemKeyPair(), serverInit.getMlkem768Ciphertext().toByteArray());
    return Exchange.hybrid(kemSecret, shared);
  }

  private static byte[] agreeStatic(
      Crypto crypto, CredentialSnapshot credential, ByteString serverEphemeral)
      throws AltsProtocolException {
    try (X25519Secret ours = X25519Secret.copyOf(crypto.x25519(), credential.x25519PrivateKey())) {
      return ours.agree(serverEphemeral.toByteArray());
    }
  }
}
