package dev.alts.grpc.zerocode;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.report.ConnectionReport;
import dev.alts.testing.party.BufferLeaks;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(BufferLeaks.class)
class FirstBytesHandlerTest {
  private static final byte[] HTTP2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  // a frame of 0x0102 bytes
  private static final byte[] ALTS = {2, 1, 0, 0, 1, 0, 0, 0};

  private final ConnectionReport report = new ConnectionReport(InstantSource.system());
  private final Chosen alts = new Chosen();
  private final Chosen clearText = new Chosen();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
    alts.release();
    clearText.release();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 24})
  @Tag("abuse-27")
  void http2InPiecesOfAnySizeIsServedWithAllItsBytesAndCounted(int piece) {
    start();

    send(HTTP2, piece);

    assertThat(clearText.text()).isEqualTo(new String(HTTP2, US_ASCII));
    assertThat(clearText.negotiations).isEqualTo(1);
    assertThat(alts.negotiations).isZero();
    assertThat(report.contents().counters()).containsEntry(ConnectionReport.CLEAR_TEXT, 1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 8})
  void anythingElseIsLeftToAltsWithAllItsBytes(int piece) {
    start();

    send(ALTS, piece);

    assertThat(alts.text()).isEqualTo(new String(ALTS, US_ASCII));
    assertThat(clearText.negotiations).isZero();
    assertThat(report.contents().counters()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n", "PRX * HTTP/2.0\r\n", "pri * HTTP/2.0\r\n"})
  @Tag("abuse-27")
  void whatIsNeitherIsRefusedByAltsAndNotServedInClearText(String bytes) {
    start();

    send(bytes.getBytes(US_ASCII), 64);

    assertThat(alts.negotiations).isEqualTo(1);
    assertThat(clearText.negotiations).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "P", "PRI"})
  @Tag("abuse-29")
  void aClientThatStallsBeforeItHasSaidWhatItSpeaksIsCutAtTheDeadline(String said) {
    start();
    send(said.getBytes(US_ASCII), 64);
    channel.advanceTimeBy(9_999, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();

    channel.advanceTimeBy(2, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThatThrownBy(channel::checkException).hasMessageContaining("said nothing");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void afterTheChoiceTheDeadlineIsOver() {
    start();
    send(HTTP2, 64);

    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void bytesThatComeBeforeGrpcIsReadyAreNotLost() {
    channel.freezeTime();
    channel.pipeline().addLast(handler());
    send(HTTP2, 5);
    assertThat(clearText.negotiations).isZero();

    channel.pipeline().fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());

    assertThat(clearText.text()).isEqualTo(new String(HTTP2, US_ASCII));
  }

  private void start() {
    channel.freezeTime();
    channel.pipeline().addLast(handler());
    channel.pipeline().fireUserEventTriggered(InternalProtocolNegotiationEvent.getDefault());
  }

  private void send(byte[] bytes, int piece) {
    for (int i = 0; i < bytes.length; i += piece) {
      channel.writeInbound(Unpooled.copiedBuffer(bytes, i, Math.min(piece, bytes.length - i)));
    }
  }

  private FirstBytesHandler handler() {
    return new FirstBytesHandler(
        report,
        new PermissiveNegotiator.Choice() {
          @Override
          public ChannelHandler alts() {
            return alts;
          }

          @Override
          public ChannelHandler clearText() {
            return clearText;
          }
        });
  }

  /** Takes what follows. */
  private static final class Chosen extends ChannelInboundHandlerAdapter {
    private final ByteBuf received = Unpooled.buffer();
    private int negotiations;

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      negotiations++;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      received.writeBytes(bytes);
      bytes.release();
    }

    String text() {
      return received.toString(US_ASCII);
    }

    void release() {
      received.release();
    }
  }
}
