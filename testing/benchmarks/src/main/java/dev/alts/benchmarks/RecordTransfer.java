package dev.alts.benchmarks;

import dev.alts.crypto.Crypto;
import dev.alts.crypto.CryptoProvider;
import dev.alts.record.RecordProtocol;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import io.grpc.alts.internal.GrpcAltsChannel;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;

/** A connection whose handshake is over: sends one payload through both ends. */
interface RecordTransfer {
  /** Header and tag on top of 128 KiB of payload. */
  int MAX_FRAME_BYTES = 128 * 1024 + 24;

  /** {@return how many bytes came out} */
  int run() throws Exception;

  /** {@return a connection of this protocol, for payloads of so many bytes} */
  static RecordTransfer of(String protocol, int bytes) throws Exception {
    byte[] keyData = new byte[RecordProtocol.KEY_DATA_BYTES];
    new SecureRandom().nextBytes(keyData);
    Crypto best = Crypto.best();
    return switch (protocol) {
      case "ALTS_GCM" -> alts(best, RecordProtocol.GCM_AES128_REKEY, keyData, bytes);
      case "ALTS_GMAC" -> alts(best, RecordProtocol.GMAC_128, keyData, bytes);
      case "ALTS_VMAC" -> alts(best, RecordProtocol.VMAC_128, keyData, bytes);
      case "ALTS_VCM" -> alts(best, RecordProtocol.VCM_AES128, keyData, bytes);
      case "ALTS_GCM_JDK" ->
          alts(Crypto.only(CryptoProvider.JDK), RecordProtocol.GCM_AES128_REKEY, keyData, bytes);
      case "TLS_TCNATIVE" -> tls(bytes);
      case "GRPC_ALTS" -> grpcAlts(keyData, bytes);
      default -> throw new IllegalArgumentException(protocol);
    };
  }

  private static RecordTransfer alts(
      Crypto crypto, RecordProtocol protocol, byte[] keyData, int bytes) {
    AltsRecords records = new AltsRecords(crypto, protocol, keyData, MAX_FRAME_BYTES, bytes);
    ByteBuffer payload = ByteBuffer.allocateDirect(bytes);
    return () -> records.transfer(payload.clear());
  }

  private static RecordTransfer tls(int bytes) throws Exception {
    TestTrustDomain domain = Contender.newDomain();
    TlsConnection connection =
        new TlsConnection(
            TlsEngine.TCNATIVE.contexts(
                domain.tls("/client"),
                domain.tls("/server"),
                StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD))),
                "X25519",
                false),
            new TlsConnection.Wire());
    connection.handshake();
    ByteBuffer payload = ByteBuffer.allocateDirect(bytes);
    return () -> connection.transfer(payload.clear());
  }

  private static RecordTransfer grpcAlts(byte[] keyData, int bytes) {
    GrpcAltsChannel channel = new GrpcAltsChannel(keyData, 128 * 1024);
    var payload = GrpcAltsChannel.payload(bytes);
    return () -> channel.transfer(payload);
  }

  /** Fails unless the whole payload comes out. */
  default void runAndRequire(int bytes) throws Exception {
    int sent = run();
    if (sent != bytes) {
      throw new IllegalStateException("%d of %d bytes came out".formatted(sent, bytes));
    }
  }
}
