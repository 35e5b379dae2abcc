package dev.alts.frame;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AltsProtocolExceptionTest {
  @Test
  @Tag("abuse-6")
  void reasonIsOnePrintableLineWhateverThePeerPutIntoIt() {
    String forged = "SVID: \"spiffe://x\r\n2026-01-01 INFO handshake ok \u001b[2J\u202e\"";

    String message = new AltsProtocolException(Alert.HANDSHAKE_FAILED, forged).getMessage();

    assertThat(message).isEqualTo("SVID: \"spiffe://x??2026-01-01 INFO handshake ok ?[2J?\"");
  }

  @Test
  void reasonIsShortHoweverMuchThePeerSends() {
    assertThat(AltsProtocolException.inRecords("x".repeat(16_384))).message().hasSize(500);
  }
}
