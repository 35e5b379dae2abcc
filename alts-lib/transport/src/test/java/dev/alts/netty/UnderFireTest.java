package dev.alts.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.TestParty;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.SignedHandshakeCertificate;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A server that strangers try to stop (handshake.md section 4), over real sockets: honest clients
 * must not notice. The default budgets are under test.
 */
@ExtendWith(BufferLeaks.class)
@Timeout(180)
class UnderFireTest {
  private static final int SOURCES = 64;
  private static final long MEBIBYTE = 1 << 20;

  private final TestParty party = TestParty.ofNewDomain();
  private final HandshakeEnvironment environment = TestParty.environment();
  private final ServerEndpoint server =
      new ServerEndpoint(
          environment,
          CredentialSource.of(party.snapshot("/echo")),
          new ServerEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), HandshakeBudget.Limits.DEFAULT));
  private final ClientEndpoint honest =
      new ClientEndpoint(
          environment,
          CredentialSource.of(party.snapshot("/caller")),
          new ClientEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.memberOf(party.trustDomain()), null));
  private final Loopback loopback = new Loopback();

  @BeforeEach
  void start() throws InterruptedException, IOException {
    try (Socket probe = new Socket()) {
      probe.bind(new InetSocketAddress("127.0.1.1", 0));
    } catch (IOException e) {
      assumeTrue(false, "skipped: this system has one loopback address only");
    }
    loopback.listen(server);
  }

  @AfterEach
  void stop() throws InterruptedException {
    loopback.close();
    server.close();
    honest.close();
  }

  @Test
  @Tag("abuse-29")
  @Tag("abuse-31")
  void halfOpenConnectionsAndBadHandshakesDoNotStopHonestOnes() throws Exception {
    besieged(400, 100, 4);
  }

  @Test
  @Tag("chaos")
  @Tag("abuse-29")
  @Tag("abuse-31")
  void thousandsOfHalfOpenConnectionsAndBadHandshakesDoNotStopHonestOnes() throws Exception {
    besieged(2_000, 500, 25);
  }

  @Test
  @Tag("chaos")
  @Tag("abuse-29")
  void thousandStalledPeersOnlyCostTheirSlotsUntilTheDeadline() throws Exception {
    // more than the deadline, so that every slot has come back at least once
    besieged(1_000, 0, 15);
  }

  private void besieged(int stalled, int badPerSecond, int seconds) throws Exception {
    Loopback.Client steady = loopback.connect(honest);
    steady.completion();
    long memoryBefore = usedMemory();
    List<Long> millis = new ArrayList<>();
    int echoed = 0;
    int mostPending = 0;
    try (Attackers attackers = new Attackers(loopback.address(), SOURCES)) {
      attackers.stall(stalled, Math.max(200, stalled / 2), beginnings());
      if (badPerSecond > 0) {
        attackers.beginHandshakes(badPerSecond, badClientInits());
      }
      await(() -> attackers.stalledNow() >= Math.min(stalled, 900));

      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (System.nanoTime() < end) {
        millis.add(millisOfOneConnection());
        steady.send(new byte[] {(byte) echoed});
        echoed++;
        assertThat(steady.awaitBytes(echoed)).hasSize(echoed);
        mostPending = Math.max(mostPending, server.pendingHandshakes());
        // what the harness remembers is not what the server holds
        loopback.accepted.clear();
        loopback.serverFailures.clear();
      }

      assertThat(usedMemory() - memoryBefore).as("bytes more").isLessThan(128 * MEBIBYTE);
      assertThat(attackers.stalls.get()).isGreaterThanOrEqualTo(Math.min(stalled, 900));
      if (badPerSecond > 0) {
        assertThat(attackers.handshakes.get()).isGreaterThan(badPerSecond * seconds / 2);
        assertThat(attackers.answered.get()).isPositive();
      }
    }
    assertThat(mostPending).isPositive().isLessThanOrEqualTo(1_000);
    assertThat(millis).hasSizeGreaterThan(3);
    millis.sort(null);
    // machines that test are busy; only a client that gives up is a failure here
    assertThat(millis.get(millis.size() * 99 / 100))
        .as("99th of 100, in ms")
        .isLessThan(HandshakeBudget.HANDSHAKE_TIMEOUT.toMillis());
    await(() -> server.pendingHandshakes() == 0);
    steady.channel().close();
    await(() -> server.openConnections() == 0);
  }

  private long millisOfOneConnection() throws Exception {
    long start = System.nanoTime();
    Loopback.Client client = loopback.connect(honest);
    client.completion();
    client.send(new byte[] {7});
    assertThat(client.awaitBytes(1)).containsExactly(7);
    long taken = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    client.channel().close();
    return taken;
  }

  /** Nothing, half a header, a header, half a message, and all that a ClientInit may be but one. */
  private List<byte[]> beginnings() throws Exception {
    byte[] genuine = genuineClientInit();
    byte[] longest =
        Arrays.copyOf(
            FrameType.CLIENT_INIT.encode(new byte[FrameType.CLIENT_INIT.maxLength() - 4]),
            FrameType.CLIENT_INIT.maxLength() + 3);
    return List.of(
        new byte[0],
        Arrays.copyOf(genuine, 4),
        Arrays.copyOf(genuine, 8),
        Arrays.copyOf(genuine, genuine.length / 2),
        longest);
  }

  /** Garbage, a stranger's signature, and what an honest client once said. */
  private List<byte[]> badClientInits() throws Exception {
    byte[] genuine = genuineClientInit();
    ClientInit init = ClientInit.parseFrom(Arrays.copyOfRange(genuine, 8, genuine.length));
    SignedHandshakeCertificate signed =
        SignedHandshakeCertificate.parseFrom(init.getCredential().getHandshakeCertificate());
    byte[] signature = signed.getSignature().toByteArray();
    signature[signature.length - 1] ^= 1;
    ClientInit.Builder forged = init.toBuilder();
    forged
        .getCredentialBuilder()
        .setHandshakeCertificate(
            signed.toBuilder().setSignature(ByteString.copyFrom(signature)).build().toByteString());
    return List.of(
        FrameType.CLIENT_INIT.encode(new byte[] {1, 2, 3, 4}),
        FrameType.CLIENT_INIT.encode(forged.build().toByteArray()),
        genuine);
  }

  private byte[] genuineClientInit() throws Exception {
    try (Handshaker handshaker = honest.newHandshaker("echo.test:1")) {
      return ((Send) handshaker.start()).flight().toByteArray();
    }
  }

  /** {@return the heap that is in use after a collection, and the buffers outside of it} */
  private static long usedMemory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
