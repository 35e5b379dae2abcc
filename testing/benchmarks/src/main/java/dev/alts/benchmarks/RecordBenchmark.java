package dev.alts.benchmarks;

import dev.alts.record.RecordProtocol;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import io.grpc.alts.internal.GrpcAltsChannel;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Protect at one end and unprotect at the other, direct buffers in and out, frames of at most 128
 * KiB (TLS: 16 KiB).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RecordBenchmark {
  @Param({"ALTS_GCM", "ALTS_GMAC", "ALTS_VMAC", "ALTS_VCM", "TLS_TCNATIVE", "GRPC_ALTS"})
  public String protocol = "ALTS_GCM";

  @Param({"64", "256", "1024", "16384", "131072"})
  public int bytes = 16_384;

  private Transfer transfer;

  /** Sends the payload through both ends. */
  private interface Transfer {
    int run() throws Exception;
  }

  @Setup
  public void setUp() throws Exception {
    byte[] keyData = new byte[RecordProtocol.KEY_DATA_BYTES];
    new SecureRandom().nextBytes(keyData);
    transfer =
        switch (protocol) {
          case "ALTS_GCM" -> alts(RecordProtocol.GCM_AES128_REKEY, keyData);
          case "ALTS_GMAC" -> alts(RecordProtocol.GMAC_128, keyData);
          case "ALTS_VMAC" -> alts(RecordProtocol.VMAC_128, keyData);
          case "ALTS_VCM" -> alts(RecordProtocol.VCM_AES128, keyData);
          case "TLS_TCNATIVE" -> tls();
          case "GRPC_ALTS" -> grpcAlts(keyData);
          default -> throw new IllegalArgumentException(protocol);
        };
    WarmUp.briefly(transfer::run);
    int sent = transfer.run();
    if (sent != bytes) {
      throw new IllegalStateException("%s carried %d of %d bytes".formatted(protocol, sent, bytes));
    }
  }

  private Transfer alts(RecordProtocol of, byte[] keyData) {
    AltsRecords records = new AltsRecords(of, keyData, 128 * 1024 + 24);
    ByteBuffer payload = ByteBuffer.allocateDirect(bytes);
    return () -> records.transfer(payload.duplicate());
  }

  private Transfer tls() throws Exception {
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
    return () -> connection.transfer(payload.duplicate());
  }

  private Transfer grpcAlts(byte[] keyData) {
    GrpcAltsChannel channel = new GrpcAltsChannel(keyData, 128 * 1024);
    var payload = GrpcAltsChannel.payload(bytes);
    return () -> channel.transfer(payload);
  }

  @Benchmark
  public int transfer() throws Exception {
    return transfer.run();
  }
}
