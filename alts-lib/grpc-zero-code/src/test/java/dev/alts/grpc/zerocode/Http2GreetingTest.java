package dev.alts.grpc.zerocode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.grpc.zerocode.Http2Greeting.Verdict;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http2GreetingTest {
  private static final String SETTINGS = "000000 04 00 00000000";
  private static final String LONG_SETTINGS = "000006 04 00 00000000 000300000064";

  @ParameterizedTest
  @CsvSource({
    "'', UNDECIDED",
    SETTINGS + ", UNDECIDED",
    LONG_SETTINGS + ", UNDECIDED",
    // acknowledges the client's settings
    SETTINGS + " 000000 04 01 00000000, SERVES",
    LONG_SETTINGS + " 000004 08 00 00000000 000f0001, SERVES",
    SETTINGS + " 000008 07 00 00000000 00000000 0000000c, REFUSES",
    LONG_SETTINGS + " 000008 07, REFUSES",
    "000008 07 00 00000000, REFUSES",
    // "HTTP/1.1 400"
    "485454502f312e3120343030, REFUSES",
  })
  void secondFrameSaysWhetherAServerServesInClearText(String hex, Verdict verdict) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

    Http2Greeting inOne = new Http2Greeting();
    Http2Greeting inPieces = new Http2Greeting();
    Verdict last = Verdict.UNDECIDED;
    for (byte piece : bytes) {
      last = inPieces.add(Unpooled.wrappedBuffer(new byte[] {piece}));
    }

    assertThat(inOne.add(Unpooled.wrappedBuffer(bytes))).isEqualTo(verdict);
    assertThat(last).isEqualTo(verdict);
  }
}
