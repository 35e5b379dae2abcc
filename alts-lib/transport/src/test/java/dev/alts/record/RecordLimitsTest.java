package dev.alts.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Counters forced to their edges: a nonce must never come twice. */
@Tag("abuse-28")
class RecordLimitsTest {
  private static final byte[] KEY = new byte[RecordProtocol.KEY_DATA_BYTES];
  private static final Map<RecordProtocol, Integer> LIMIT_BITS =
      Map.of(
          RecordProtocol.GCM_AES128_REKEY, 64,
          RecordProtocol.GMAC_128, 40,
          RecordProtocol.VMAC_128, 40,
          RecordProtocol.VCM_AES128, 32);

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

  /** Each protocol, at each edge, in each direction: frames open on both sides of it, or never. */
  @ParameterizedTest
  @MethodSource("edges")
  void everyEdgeIsCrossedWithFreshNoncesOrIsTheEnd(
      RecordProtocol protocol, int bits, Direction direction) throws AltsProtocolException {
    long edge = bits == 64 ? 0 : 1L << bits;
    RecordSequence forSealing = new RecordSequence(direction, protocol.limits(), edge - 2, 0);
    RecordSealer sealer = new RecordSealer(protocol.cipher(Crypto.best(), KEY), forSealing);
    RecordOpener opener =
        new RecordOpener(
            protocol.cipher(Crypto.best(), KEY),
            new RecordSequence(direction, protocol.limits(), edge - 2, 0));
    boolean crosses = bits < LIMIT_BITS.get(protocol);
    Set<ByteBuffer> nonces = new HashSet<>();

    for (int i = 0; i < 4; i++) {
      if (bits > LIMIT_BITS.get(protocol) || (i >= 2 && !crosses)) {
        assertThatThrownBy(() -> seal(sealer, 32)).hasMessageContaining("limit");
        assertThatThrownBy(() -> opener.open(ByteBuffer.allocate(48), ByteBuffer.allocate(32)))
            .hasMessageContaining("limit");
        continue;
      }
      assertThat(nonces.add(ByteBuffer.wrap(forSealing.nonceFor(32).clone()))).isTrue();
      opener.open(seal(sealer, 32), ByteBuffer.allocate(32));
    }
  }

  static Stream<Arguments> edges() {
    return Arrays.stream(RecordProtocol.values())
        .flatMap(protocol ->
            Stream.of(16, 32, 40, 64)
                .flatMap(bits ->
                    Arrays.stream(Direction.values())
                        .map(direction -> Arguments.of(protocol, bits, direction))));
  }

  /** The limit is of VCM's counter mode: the others may carry more, on both sides. */
  @ParameterizedTest
  @EnumSource(RecordProtocol.class)
  void twoToThe37BytesAreTheEndForVcmOnly(RecordProtocol protocol) throws AltsProtocolException {
    RecordSealer sealer = sealer(protocol, 7, (1L << 37) - 10);
    RecordOpener opener = opener(protocol, 7, (1L << 37) - 10);
    // Genuine, from a sender that does not count: not opened all the same.
    RecordSealer uncounted = sealer(protocol, 7, 0);
    ByteBuffer genuine = seal(uncounted, 11);

    if (protocol == RecordProtocol.VCM_AES128) {
      assertThatThrownBy(() -> seal(sealer, 11)).hasMessageContaining("limit");
      assertThatThrownBy(() -> opener.open(genuine, ByteBuffer.allocate(11)))
          .hasMessageContaining("limit");
      return;
    }
    opener.open(seal(sealer, 11), ByteBuffer.allocate(11));
    opener.open(seal(sealer, 11), ByteBuffer.allocate(11));
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
