package dev.alts.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.frame.Alert;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.TestParty;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The order of what a channel reports, which sockets leave to chance. */
@ExtendWith(BufferLeaks.class)
class AltsHandshakeHandlerTest {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final TestParty party = TestParty.ofNewDomain();
  private final LateSource source = new LateSource();
  private final ClientEndpoint client =
      new ClientEndpoint(
          TestParty.environment(),
          source,
          new ClientEndpoint.Options(Negotiation.GRPC, null, null));
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

  @Test
  void anAlertThatComesWithTheEndOfTheConnectionIsTheReason() throws Exception {
    source.first.complete(party.snapshot("/caller"));
    EmbeddedChannel channel = channel();
    awaitOutbound(channel).release();

    channel.writeInbound(alert(Alert.HANDSHAKE_FAILED));
    hangUp(channel);

    assertThat(failure.getNow(null)).hasMessageContaining("HANDSHAKE_FAILED");
  }

  @Test
  void anAlertThatComesWhileWeComputeIsTheReasonToo() throws Exception {
    EmbeddedChannel channel = channel();
    assertThat(source.asked.await(20, TimeUnit.SECONDS)).isTrue();

    channel.writeInbound(alert(Alert.OVERLOADED));
    hangUp(channel);

    assertThat(failure.getNow(null)).hasMessageContaining("OVERLOADED");
    source.first.complete(party.snapshot("/caller"));
  }

  @Test
  void aServerThatHangsUpWithoutAWordIsSaidToHaveHungUp() throws Exception {
    source.first.complete(party.snapshot("/caller"));
    EmbeddedChannel channel = channel();
    awaitOutbound(channel).release();

    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {5, 0, 0}));
    hangUp(channel);

    assertThat(failure.getNow(null)).hasMessageContaining("hung up");
  }

  @Test
  @Tag("abuse-27")
  void anAlertOfAnotherLengthIsABadMessage() throws Exception {
    source.first.complete(party.snapshot("/caller"));
    EmbeddedChannel channel = channel();
    awaitOutbound(channel).release();

    channel.writeInbound(Unpooled.buffer().writeIntLE(6).writeIntLE(5).writeShort(0x0404));

    assertThat(failure.getNow(null)).hasMessageContaining("frame of type 5");
    channel.close();
    channel.finishAndReleaseAll();
  }

  @Test
  void theWaitForOurOwnCredentialsIsNoPartOfTheHandshake() throws Exception {
    EmbeddedChannel channel = channel();
    assertThat(source.asked.await(20, TimeUnit.SECONDS)).isTrue();

    channel.advanceTimeBy(2 * LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(failure).isNotDone();

    source.first.complete(party.snapshot("/caller"));
    awaitOutbound(channel).release();
    channel.advanceTimeBy(LONGEST.toMillis() + 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(failure.getNow(null)).hasMessageContaining("not complete within");
    channel.close();
  }

  private EmbeddedChannel channel() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new AltsHandshakeHandler(
                new ClientEnd(client, "echo.test:1", EndOfData.MARKED), LONGEST))
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                failure.complete(cause);
              }
            });
    channel.runPendingTasks();
    return channel;
  }

  /** As the end of the connection at the peer's wish. */
  private static void hangUp(EmbeddedChannel channel) {
    channel.pipeline().fireChannelInactive();
  }

  /** {@return what the other threads made the channel send} */
  private static ByteBuf awaitOutbound(EmbeddedChannel channel) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < end) {
      channel.runPendingTasks();
      ByteBuf sent = channel.readOutbound();
      if (sent != null) {
        return sent;
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
    throw new AssertionError("nothing was sent");
  }

  private static ByteBuf alert(Alert alert) {
    return Unpooled.wrappedBuffer(alert.frame().toByteArray());
  }

  private static final class LateSource implements CredentialSource {
    final CountDownLatch asked = new CountDownLatch(1);
    final CompletableFuture<CredentialSnapshot> first = new CompletableFuture<>();

    @Override
    public CredentialSnapshot get() {
      asked.countDown();
      return first.join();
    }

    @Override
    public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
      return () -> {};
    }

    @Override
    public void close() {}
  }
}
