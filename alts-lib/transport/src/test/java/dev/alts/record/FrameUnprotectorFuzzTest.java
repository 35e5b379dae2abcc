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
 * Bytes of a stranger are never payload. An input's first byte is the record protocol and the
 * direction, its second how many bytes arrive at once.
 */
@Tag("fuzz")
@Tag("abuse-27")
@Timeout(900)
class FrameUnprotectorFuzzTest {
  /** A key that sealed nothing, so nothing must open. */
  private static final SecretBytes KEY = SecretBytes.adopt(new byte[44]);

  @FuzzTest(maxDuration = "30s")
  void unprotect(byte[] input) {
    if (input.length < 2) {
      return;
    }
    RecordProtocol protocol = RecordProtocol.values()[input[0] & 3];
    Direction direction =
        (input[0] & 4) == 0 ? Direction.CLIENT_TO_SERVER : Direction.SERVER_TO_CLIENT;
    int step = 1 + (input[1] & 0xff);
    FrameUnprotector unprotector =
        new FrameUnprotector(
            RecordOpener.of(Crypto.best(), protocol, KEY, direction), MaxFrame.SMALLEST, direction);
    int opened = 0;
    try {
      for (int from = 2; from < input.length; from += step) {
        ByteBuffer in = ByteBuffer.wrap(input, from, Math.min(step, input.length - from));
        while (in.hasRemaining()) {
          int length = unprotector.receive(in);
          if (length == FrameUnprotector.NEEDS_MORE_BYTES) {
            assertThat(in.hasRemaining()).isFalse();
            continue;
          }
          assertThat(length).isBetween(0, MaxFrame.SMALLEST);
          unprotector.unprotect(ByteBuffer.allocate(length));
          opened++;
        }
      }
    } catch (AltsProtocolException refused) {
      assertThat(refused.alert()).isEmpty();
    }
    assertThat(opened).isZero();
  }
}
