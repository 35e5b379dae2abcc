package dev.alts.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SecretBytes;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * What is protected comes out again however the frames are cut, and not with one bit changed. An
 * input's first byte is the record protocol, its second how many bytes arrive at once, the next
 * three the bit that changes (none if it is beyond the end), the rest payload.
 */
@Tag("fuzz")
@Timeout(900)
class FrameProtectorFuzzTest {
  private static final SecretBytes KEY = SecretBytes.adopt(new byte[44]);
  private static final int PARAMETER_BYTES = 5;

  @FuzzTest(maxDuration = "30s")
  void protectAndUnprotect(byte[] input) throws AltsProtocolException {
    if (input.length < PARAMETER_BYTES) {
      return;
    }
    RecordProtocol protocol = RecordProtocol.values()[input[0] & 3];
    byte[] frames = protect(protocol, input);
    int bit = (input[2] & 0xff) << 16 | (input[3] & 0xff) << 8 | input[4] & 0xff;
    boolean changed = bit < 8 * frames.length;
    if (changed) {
      frames[bit / 8] ^= (byte) (1 << bit % 8);
    }
    ByteBuffer payload = ByteBuffer.allocate(input.length);
    try {
      unprotect(protocol, frames, 1 + (input[1] & 0xff), payload);
    } catch (AltsProtocolException refused) {
      assertThat(changed).as(refused.getMessage()).isTrue();
      return;
    }
    // One frame, so a change either is noticed or makes the reader wait for more.
    payload.flip();
    assertThat(payload.remaining()).isEqualTo(changed ? 0 : input.length - PARAMETER_BYTES);
    assertThat(payload).isEqualTo(ByteBuffer.wrap(input, PARAMETER_BYTES, payload.remaining()));
  }

  private static byte[] protect(RecordProtocol protocol, byte[] input)
      throws AltsProtocolException {
    int length = input.length - PARAMETER_BYTES;
    FrameProtector protector =
        new FrameProtector(
            RecordSealer.of(Crypto.best(), protocol, KEY, Direction.CLIENT_TO_SERVER),
            MaxFrame.LARGEST);
    ByteBuffer frames = ByteBuffer.allocate((int) protector.protectedBytes(length));
    protector.protect(ByteBuffer.wrap(input, PARAMETER_BYTES, length), frames);
    assertThat(frames.hasRemaining()).isFalse();
    return frames.array();
  }

  private static void unprotect(
      RecordProtocol protocol, byte[] frames, int step, ByteBuffer payload)
      throws AltsProtocolException {
    FrameUnprotector unprotector =
        new FrameUnprotector(
            RecordOpener.of(Crypto.best(), protocol, KEY, Direction.CLIENT_TO_SERVER),
            MaxFrame.LARGEST,
            Direction.CLIENT_TO_SERVER);
    for (int from = 0; from < frames.length; from += step) {
      ByteBuffer in = ByteBuffer.wrap(frames, from, Math.min(step, frames.length - from));
      while (in.hasRemaining()) {
        if (unprotector.receive(in) >= 0) {
          unprotector.unprotect(payload);
        }
      }
    }
  }
}
