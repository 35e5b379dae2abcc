package dev.alts.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counters forced to their edges: a nonce must never come twice. */
@Tag("abuse-28")
class RecordLimitsTest {
  private static final byte[] KEY = new byte[RecordProtocol.KEY_DATA_BYTES];

  @ParameterizedTest
  @EnumSource(RecordProtocol.class)
  void lastCounterIsUsableAndNothingAfterIt(RecordProtocol protocol) throws AltsProtocolException {
    long last = protocol.limits().lastCounter();
    RecordSealer sealer = sealer(protocol, last - 1, 0);
    RecordOpener opener = opener(protocol, last - 1, 0);

    for (int i = 0; i < 2; i++) {
      opener.open(seal(sealer, 5), ByteBuffer.allocate(5));
    }

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> seal(sealer, 5)).isInstanceOf(AltsProtocolException.class);
      assertThatThrownBy(() -> opener.open(ByteBuffer.allocate(21), ByteBuffer.allocate(5)))
          .isInstanceOf(AltsProtocolException.class)
          .hasMessageContaining("limit");
    }
  }

  @Test
  void payloadBytesOfVcmEndAtTwoToThe37() throws AltsProtocolException {
    long limit = 1L << 37;
    RecordSealer sealer = sealer(RecordProtocol.VCM_AES128, 7, limit - 10);
    RecordOpener opener = opener(RecordProtocol.VCM_AES128, 7, limit - 10);
    opener.open(seal(sealer, 10), ByteBuffer.allocate(10));

    assertThatThrownBy(() -> seal(sealer, 1)).isInstanceOf(AltsProtocolException.class);
    assertThatThrownBy(() -> opener.open(ByteBuffer.allocate(17), ByteBuffer.allocate(1)))
        .isInstanceOf(AltsProtocolException.class);
  }

  @Test
  void recordThatWouldCrossALimitIsNotSentAndEndsTheDirection() {
    RecordSealer sealer = sealer(RecordProtocol.VCM_AES128, 7, (1L << 37) - 10);

    assertThatThrownBy(() -> seal(sealer, 11)).isInstanceOf(AltsProtocolException.class);
    assertThatThrownBy(() -> seal(sealer, 1)).isInstanceOf(AltsProtocolException.class);
  }

  @ParameterizedTest
  @EnumSource(RecordProtocol.class)
  void framesOnBothSidesOfARekeyOpen(RecordProtocol protocol) throws AltsProtocolException {
    RecordSealer sealer = sealer(protocol, 65_534, 0);
    RecordOpener opener = opener(protocol, 65_534, 0);

    for (int i = 0; i < 4; i++) {
      ByteBuffer payload = ByteBuffer.allocate(100);
      opener.open(seal(sealer, 100), payload);
      assertThat(payload.position()).isEqualTo(100);
    }
  }

  @Test
  void counterPastFourBytesStillRekeys() throws AltsProtocolException {
    long edge = (1L << 32) - 1;
    RecordSealer sealer = sealer(RecordProtocol.GCM_AES128_REKEY, edge, 0);
    RecordOpener opener = opener(RecordProtocol.GCM_AES128_REKEY, edge, 0);

    ByteBuffer before = seal(sealer, 16);
    ByteBuffer after = seal(sealer, 16);

    assertThat(before).isNotEqualTo(after);
    opener.open(before, ByteBuffer.allocate(16));
    opener.open(after, ByteBuffer.allocate(16));
  }

  @Test
  void channelSaysInTimeThatItShouldBeReplaced() {
    assertThat(sealer(RecordProtocol.GMAC_128, 0, 0).isNearLimit()).isFalse();
    assertThat(sealer(RecordProtocol.GMAC_128, (1L << 40) - 100, 0).isNearLimit()).isTrue();
    assertThat(sealer(RecordProtocol.VCM_AES128, 0, (1L << 37) - 100).isNearLimit()).isTrue();
    assertThat(sealer(RecordProtocol.GCM_AES128_REKEY, 1L << 40, 0).isNearLimit()).isFalse();
    assertThat(sealer(RecordProtocol.GCM_AES128_REKEY, -100, 0).isNearLimit()).isTrue();
  }

  private static ByteBuffer seal(RecordSealer sealer, int payloadBytes)
      throws AltsProtocolException {
    ByteBuffer frame = ByteBuffer.allocate(payloadBytes + RecordSealer.OVERHEAD_BYTES);
    sealer.seal(ByteBuffer.allocate(payloadBytes), frame);
    return frame.flip().position(8);
  }

  private static RecordSealer sealer(RecordProtocol protocol, long counter, long payloadBytes) {
    return new RecordSealer(
        protocol.cipher(Crypto.best(), KEY), sequence(protocol, counter, payloadBytes));
  }

  private static RecordOpener opener(RecordProtocol protocol, long counter, long payloadBytes) {
    return new RecordOpener(
        protocol.cipher(Crypto.best(), KEY), sequence(protocol, counter, payloadBytes));
  }

  private static RecordSequence sequence(RecordProtocol protocol, long counter, long payloadBytes) {
    return new RecordSequence(Direction.CLIENT_TO_SERVER, protocol.limits(), counter, payloadBytes);
  }
}
