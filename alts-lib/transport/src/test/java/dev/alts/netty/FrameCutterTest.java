package dev.alts.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.frame.FrameType;
import dev.alts.netty.FrameCutter.Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FrameCutterTest {
  private final FrameCutter cutter = new FrameCutter();

  @Test
  void endsEachFrameOnceHoweverTheBytesAreSplit() {
    byte[] first = FrameType.SERVER_INIT.encode(new byte[300]);
    byte[] second = FrameType.SERVER_FINISHED.encode(new byte[5_000]);
    ByteBuf both = Unpooled.wrappedBuffer(first, second);
    for (int step : new int[] {1, 7, 8, 9, 2_048, 10_000}) {
      FrameCutter fresh = new FrameCutter();
      ByteArrayOutputStream handedOn = new ByteArrayOutputStream();
      int ends = 0;
      for (int at = 0; at < both.readableBytes(); at += step) {
        int length = Math.min(step, both.readableBytes() - at);
        fresh.add(UnpooledByteBufAllocator.DEFAULT, both.copy(at, length));
        for (Optional<Cut> cut = fresh.next(); cut.isPresent(); cut = fresh.next()) {
          handedOn.writeBytes(ByteBufUtil.getBytes(cut.get().bytes()));
          cut.get().bytes().release();
          ends += cut.get().endsFrame() ? 1 : 0;
        }
      }
      assertThat(handedOn.toByteArray()).as("step %d", step).isEqualTo(ByteBufUtil.getBytes(both));
      assertThat(ends).as("step %d", step).isEqualTo(2);
      fresh.release();
    }
  }

  @Test
  void keepsWhatFollowsTheLastFrame() {
    byte[] frame = FrameType.CLIENT_FINISHED.encode(new byte[34]);
    cutter.add(
        UnpooledByteBufAllocator.DEFAULT, Unpooled.wrappedBuffer(frame, new byte[] {1, 2, 3}));

    Cut cut = cutter.next().orElseThrow();
    ByteBuf rest = cutter.takeRest();

    assertThat(cut.endsFrame()).isTrue();
    assertThat(ByteBufUtil.getBytes(cut.bytes())).isEqualTo(frame);
    assertThat(ByteBufUtil.getBytes(rest)).containsExactly(1, 2, 3);
    cut.bytes().release();
    rest.release();
  }

  @Test
  @Tag("abuse-27")
  void handsAnImpossibleHeaderOnAtOnceAndWaitsForNoClaimedLength() {
    for (int length : new int[] {0, 3, 32 * 1024 + 1, Integer.MAX_VALUE, -1}) {
      FrameCutter fresh = new FrameCutter();
      fresh.add(
          UnpooledByteBufAllocator.DEFAULT, Unpooled.buffer().writeIntLE(length).writeIntLE(1));

      Cut cut = fresh.next().orElseThrow();

      assertThat(cut.endsFrame()).as("length %d", length).isTrue();
      assertThat(cut.bytes().readableBytes()).isEqualTo(8);
      cut.bytes().release();
      fresh.release();
    }
  }

  @Test
  void knowsAPlaintextPeerByItsFirstBytes() {
    cutter.add(
        UnpooledByteBufAllocator.DEFAULT,
        Unpooled.copiedBuffer(
            "PRI * HTTP/2.0\r\n\r\n", java.nio.charset.StandardCharsets.US_ASCII));

    cutter.next().orElseThrow().bytes().release();

    assertThat(cutter.foreignProtocol()).contains(ForeignProtocol.HTTP2_CLIENT);
    cutter.release();
  }
}
