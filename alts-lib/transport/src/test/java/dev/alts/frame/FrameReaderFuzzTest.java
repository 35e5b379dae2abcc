package dev.alts.frame;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * Any stream, cut anywhere, is frames or a refusal. An input's first byte is the type in turn, its
 * second how many bytes arrive at once.
 */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class FrameReaderFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void read(byte[] input) {
    if (input.length < 2) {
      return;
    }
    FrameType expected = FrameType.values()[(input[0] & 0xff) % FrameType.values().length];
    int step = 1 + (input[1] & 0xff);
    FrameReader reader = new FrameReader();
    try {
      for (int from = 2; from < input.length; from += step) {
        ByteBuffer in = ByteBuffer.wrap(input, from, Math.min(step, input.length - from));
        while (in.hasRemaining()) {
          Frame frame = reader.read(in, expected);
          if (frame == null) {
            assertThat(in.hasRemaining()).isFalse();
          } else {
            assertThat(frame.encoded().toByteArray())
                .isEqualTo(expected.encode(frame.body().toByteArray()));
          }
        }
      }
    } catch (AltsProtocolException refused) {
      assertThat(refused.alert().filter(Alert.INTERNAL::equals)).isEmpty();
    }
  }
}
