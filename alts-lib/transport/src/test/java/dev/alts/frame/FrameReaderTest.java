package dev.alts.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("abuse-27")
class FrameReaderTest {
  private final FrameReader reader = new FrameReader();

  @Test
  void framesComeWholeHoweverTheyAreSplit() throws AltsProtocolException {
    byte[] body = new byte[3000];
    Arrays.fill(body, (byte) 7);
    byte[] frame = FrameType.CLIENT_INIT.encode(body);
    for (int step : new int[] {1, 3, 8, 9, 1000, 5000}) {
      Frame found = null;
      for (int from = 0; from < frame.length; from += step) {
        assertThat(found).isNull();
        ByteBuffer in = ByteBuffer.wrap(frame, from, Math.min(step, frame.length - from));
        found = reader.read(in, FrameType.CLIENT_INIT);
        assertThat(in.hasRemaining()).isFalse();
      }
      assertThat(found.encoded().toByteArray()).isEqualTo(frame);
      assertThat(found.body().toByteArray()).isEqualTo(body);
    }
  }

  @Test
  void whatFollowsAFrameStays() throws AltsProtocolException {
    ByteBuffer in =
        ByteBuffer.allocate(100)
            .put(FrameType.CLIENT_FINISHED.encode(new byte[34]))
            .put(new byte[] {1, 2, 3})
            .flip();

    assertThat(reader.read(in, FrameType.CLIENT_FINISHED)).isNotNull();

    assertThat(in.remaining()).isEqualTo(3);
  }

  @Test
  void limitsOfEachTypeAreExact() throws AltsProtocolException {
    for (FrameType type :
        new FrameType[] {
          FrameType.CLIENT_INIT,
          FrameType.SERVER_INIT,
          FrameType.SERVER_FINISHED,
          FrameType.CLIENT_FINISHED
        }) {
      assertThat(new FrameReader().read(header(type.maxLength(), type.number()), type)).isNull();
      assertThatThrownBy(
              () -> new FrameReader().read(header(type.maxLength() + 1, type.number()), type))
          .isInstanceOf(AltsProtocolException.class);
    }
  }

  @Test
  void headerIsJudgedBeforeItsBodyArrives() {
    assertThatThrownBy(() -> reader.read(header(Integer.MAX_VALUE, 1), FrameType.CLIENT_INIT))
        .isInstanceOfSatisfying(
            AltsProtocolException.class, e -> assertThat(e.alert()).contains(Alert.BAD_MESSAGE));
  }

  private static ByteBuffer header(int length, int type) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(length).putInt(type).flip();
  }
}
