package dev.alts.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ForeignProtocolTest {
  @Test
  void recognisesWhatOtherClientsSayFirst() {
    assertThat(ForeignProtocol.recognise(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")))
        .contains(ForeignProtocol.HTTP2_CLIENT);
    assertThat(ForeignProtocol.recognise(ascii("GET / HTTP/1.1\r\n")))
        .contains(ForeignProtocol.HTTP1);
    assertThat(ForeignProtocol.recognise(hex("1603010200010001fc0303")))
        .contains(ForeignProtocol.TLS);
  }

  @Test
  void recognisesTheSettingsOfAPlaintextHttp2Server() {
    assertThat(ForeignProtocol.recognise(hex("000012040000000000000300000064")))
        .contains(ForeignProtocol.HTTP2_SERVER);
  }

  @Test
  void saysNothingOfBytesThatItDoesNotKnow() {
    assertThat(ForeignProtocol.recognise(hex("ffffffffffffffff"))).isEmpty();
    assertThat(ForeignProtocol.recognise(hex("00"))).isEmpty();
    assertThat(ForeignProtocol.recognise(ascii("PRI * SMTP"))).isEmpty();
  }

  @Test
  void doesNotMistakeAFrameOfOursForAnything() {
    assertThat(ForeignProtocol.recognise(hex("2c04000001000000080112"))).isEmpty();
  }

  @Test
  void answersAGrpcClientWithAGoAwayThatItsUserCanRead() {
    ByteBuf answer = ForeignProtocol.HTTP2_CLIENT.answer().orElseThrow();

    assertThat(answer.readUnsignedMedium()).isZero();
    assertThat(answer.readByte()).isEqualTo((byte) 4);
    answer.skipBytes(5);
    int goAwayBytes = answer.readUnsignedMedium();
    assertThat(answer.readByte()).isEqualTo((byte) 7);
    assertThat(answer.skipBytes(5).readableBytes()).isEqualTo(goAwayBytes);
    assertThat(answer.skipBytes(8).toString(StandardCharsets.US_ASCII)).contains("ALTS");
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private static ByteBuf hex(String digits) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(digits));
  }
}
