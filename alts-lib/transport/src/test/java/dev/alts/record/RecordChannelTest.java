package dev.alts.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordChannelTest {
  private static final int HEADER = 8;

  @ParameterizedTest
  @EnumSource(RecordProtocol.class)
  void anyPayloadArrivesOverAnySplittingAndKindOfBuffer(RecordProtocol protocol)
      throws AltsProtocolException {
    for (boolean direct : new boolean[] {false, true}) {
      for (int step : new int[] {1, 7, 4096, 1 << 20}) {
        Pair pair = new Pair(protocol, 16_384);
        for (int size : new int[] {1, 15, 16, 127, 128, 129, 16_360, 16_361, 40_000}) {
          byte[] payload = pattern(size);
          ByteBuffer out = buffer((int) pair.sealer.protectedBytes(size), direct);
          pair.sealer.protect(buffer(payload, direct), out);
          assertThat(out.hasRemaining()).isFalse();
          assertThat(pair.receive(out.flip(), step, direct)).isEqualTo(payload);
        }
        assertThat(pair.opener.isBetweenFrames()).isTrue();
      }
    }
  }

  @Test
  @Tag("abuse-30")
  void senderHonoursThePeersLimitLengthFieldIncluded() throws AltsProtocolException {
    for (int max : new int[] {0, 1, 16_384, 20_000, 1 << 20, Integer.MAX_VALUE, -1}) {
      Pair pair = new Pair(RecordProtocol.GCM_AES128_REKEY, max);
      ByteBuffer out = ByteBuffer.allocate((int) pair.sealer.protectedBytes(3 << 20));
      pair.sealer.protect(ByteBuffer.allocate(3 << 20), out);
      out.flip();
      int largest = 0;
      while (out.hasRemaining()) {
        int length = out.order(ByteOrder.LITTLE_ENDIAN).getInt(out.position());
        largest = Math.max(largest, 4 + length);
        out.position(out.position() + 4 + length);
      }
      assertThat(largest).isEqualTo(MaxFrame.clamp(max)).isBetween(16_384, 1 << 20);
    }
  }

  @Test
  void receiverAcceptsItsOwnLimitAndNotOneByteMore() throws AltsProtocolException {
    Pair pair = new Pair(RecordProtocol.GCM_AES128_REKEY, 1 << 20);
    FrameUnprotector smallest =
        new FrameUnprotector(pair.newOpener(), 16_384, Direction.CLIENT_TO_SERVER);

    assertThat(smallest.receive(header(16_384, 6))).isEqualTo(FrameUnprotector.NEEDS_MORE_BYTES);
    assertRefused(header(16_385, 6));
  }

  @Test
  @Tag("abuse-27")
  void headersThatMayNotBeAreRefusedBeforeAnythingIsAllocated() {
    for (int length : new int[] {0, 1, 3, 4, 19, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertRefused(header(length, 6));
    }
    for (int type : new int[] {0, 1, 5, 7, 0x106, 0x06000000, 0x80000006}) {
      assertRefused(header(100, type));
    }
  }

  @Test
  @Tag("abuse-27")
  void memoryGrowsWithTheBytesReceivedOnly() throws AltsProtocolException {
    List<FrameUnprotector> waiting = new ArrayList<>();
    // 4,096 peers that claim a megabyte each would be 4 GiB.
    for (int i = 0; i < 4096; i++) {
      Pair pair = new Pair(RecordProtocol.GCM_AES128_REKEY, 1 << 20);
      FrameUnprotector opener =
          new FrameUnprotector(pair.newOpener(), 1 << 20, Direction.CLIENT_TO_SERVER);
      assertThat(opener.receive(header(1 << 20, 6))).isEqualTo(FrameUnprotector.NEEDS_MORE_BYTES);
      assertThat(opener.receive(ByteBuffer.allocate(100)))
          .isEqualTo(FrameUnprotector.NEEDS_MORE_BYTES);
      waiting.add(opener);
    }
    assertThat(waiting).hasSize(4096);
  }

  @ParameterizedTest
  @EnumSource(RecordProtocol.class)
  void everyFlippedBitIsRefusedForEverAndNothingLeaks(RecordProtocol protocol)
      throws AltsProtocolException {
    byte[] frame = new Pair(protocol, 16_384).frame(pattern(40));
    for (int bit = 0; bit < 8 * frame.length; bit++) {
      byte[] flipped = frame.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      FrameUnprotector opener = new Pair(protocol, 16_384).opener;
      ByteBuffer payload = ByteBuffer.allocate(100_000);
      boolean refused = false;
      try {
        if (opener.receive(ByteBuffer.wrap(flipped)) != FrameUnprotector.NEEDS_MORE_BYTES) {
          opener.unprotect(payload);
        }
      } catch (AltsProtocolException e) {
        refused = true;
        assertThat(e.alert()).isEmpty();
      }
      // A longer length waits for bytes that the tag will not fit.
      assertThat(refused || bit < 32).as("bit %d", bit).isTrue();
      assertThat(payload.position()).isZero();
      if (refused) {
        assertThatThrownBy(() -> opener.receive(ByteBuffer.wrap(frame)))
            .isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void replayedReorderedAndReflectedFramesAreRefused() throws AltsProtocolException {
    Pair pair = new Pair(RecordProtocol.GCM_AES128_REKEY, 16_384);
    byte[] first = pair.frame(pattern(10));
    byte[] second = pair.frame(pattern(10));

    assertRefused(new Pair(RecordProtocol.GCM_AES128_REKEY, 16_384).opener, second);
    FrameUnprotector replay = new Pair(RecordProtocol.GCM_AES128_REKEY, 16_384).opener;
    replay.receive(ByteBuffer.wrap(first));
    replay.unprotect(ByteBuffer.allocate(10));
    assertRefused(replay, first);
    FrameUnprotector sender =
        new FrameUnprotector(
            RecordOpener.of(
                Crypto.best(),
                RecordProtocol.GCM_AES128_REKEY,
                Pair.key(),
                Direction.SERVER_TO_CLIENT),
            16_384,
            Direction.SERVER_TO_CLIENT);
    assertRefused(sender, first);
  }

  @Test
  void alertMayReplaceTheServersFirstRecordAndNoOther() throws AltsProtocolException {
    ByteBuffer alert = Alert.UNAUTHORIZED.frame().asByteBuffer();
    Pair pair = new Pair(RecordProtocol.GCM_AES128_REKEY, 16_384);
    FrameUnprotector client =
        new FrameUnprotector(pair.newOpener(), 16_384, Direction.SERVER_TO_CLIENT);

    assertThatThrownBy(() -> client.receive(alert))
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.receivedAlert()).isEqualTo(Alert.UNAUTHORIZED.number()));
    assertRefused(pair.opener, Alert.UNAUTHORIZED.frame().toByteArray());

    FrameUnprotector later =
        new FrameUnprotector(pair.newOpener(), 16_384, Direction.SERVER_TO_CLIENT);
    later.receive(ByteBuffer.wrap(pair.frame(pattern(3))));
    later.unprotect(ByteBuffer.allocate(3));
    assertThatThrownBy(() -> later.receive(Alert.UNAUTHORIZED.frame().asByteBuffer()))
        .isInstanceOfSatisfying(
            AltsProtocolException.class, e -> assertThat(e.receivedAlert()).isZero());
  }

  @Test
  void emptyPayloadIsAFrameOfItsOwn() throws AltsProtocolException {
    Pair pair = new Pair(RecordProtocol.GMAC_128, 16_384);
    byte[] frame = pair.frame(new byte[0]);

    assertThat(pair.opener.receive(ByteBuffer.wrap(frame))).isZero();
    pair.opener.unprotect(ByteBuffer.allocate(0));
    assertThat(pair.opener.isBetweenFrames()).isTrue();
  }

  @Test
  @Tag("abuse-27")
  void tenThousandEmptyFramesOneByteAtATimeCostNothingThatStays() throws AltsProtocolException {
    Pair pair = new Pair(RecordProtocol.GCM_AES128_REKEY, 16_384);
    for (int i = 0; i < 10_000; i++) {
      byte[] frame = pair.frame(new byte[0]);
      for (int at = 0; at < frame.length - 1; at++) {
        assertThat(pair.opener.receive(ByteBuffer.wrap(frame, at, 1)))
            .isEqualTo(FrameUnprotector.NEEDS_MORE_BYTES);
      }
      assertThat(pair.opener.receive(ByteBuffer.wrap(frame, frame.length - 1, 1))).isZero();
      pair.opener.unprotect(ByteBuffer.allocate(0));
      assertThat(pair.opener.isBetweenFrames()).isTrue();
    }
  }

  private static void assertRefused(ByteBuffer header) {
    FrameUnprotector opener = new Pair(RecordProtocol.GCM_AES128_REKEY, 16_384).opener;
    assertThatThrownBy(() -> opener.receive(header)).isInstanceOf(AltsProtocolException.class);
  }

  private static void assertRefused(FrameUnprotector opener, byte[] frame) {
    assertThatThrownBy(
            () -> {
              opener.receive(ByteBuffer.wrap(frame));
              opener.unprotect(ByteBuffer.allocate(frame.length));
            })
        .isInstanceOf(AltsProtocolException.class);
  }

  private static ByteBuffer header(int length, int type) {
    return ByteBuffer.allocate(HEADER)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length)
        .putInt(type)
        .flip();
  }

  private static byte[] pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 7 + 1);
    }
    return bytes;
  }

  private static ByteBuffer buffer(int size, boolean direct) {
    return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
  }

  private static ByteBuffer buffer(byte[] content, boolean direct) {
    return direct
        ? ByteBuffer.allocateDirect(content.length).put(content).flip()
        : ByteBuffer.wrap(content);
  }

  private static final class Pair {
    private final RecordProtocol protocol;
    private final FrameProtector sealer;
    private final FrameUnprotector opener;

    private Pair(RecordProtocol protocol, int maxFrameBytes) {
      this.protocol = protocol;
      this.sealer =
          new FrameProtector(
              RecordSealer.of(Crypto.best(), protocol, key(), Direction.CLIENT_TO_SERVER),
              maxFrameBytes);
      this.opener = new FrameUnprotector(newOpener(), maxFrameBytes, Direction.CLIENT_TO_SERVER);
    }

    private static SecretBytes key() {
      return SecretBytes.adopt(pattern(RecordProtocol.KEY_DATA_BYTES));
    }

    private RecordOpener newOpener() {
      return RecordOpener.of(Crypto.best(), protocol, key(), Direction.CLIENT_TO_SERVER);
    }

    private byte[] frame(byte[] payload) throws AltsProtocolException {
      ByteBuffer out = ByteBuffer.allocate((int) sealer.protectedBytes(payload.length));
      sealer.protect(ByteBuffer.wrap(payload), out);
      return out.array();
    }

    private byte[] receive(ByteBuffer wire, int step, boolean direct) throws AltsProtocolException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (wire.hasRemaining()) {
        ByteBuffer in = wire.slice(wire.position(), Math.min(step, wire.remaining()));
        wire.position(wire.position() + in.remaining());
        for (int length = opener.receive(in); length >= 0; length = opener.receive(in)) {
          ByteBuffer payload = buffer(length, direct);
          opener.unprotect(payload);
          byte[] bytes = new byte[length];
          payload.flip().get(bytes);
          all.write(bytes, 0, length);
        }
      }
      return Arrays.copyOf(all.toByteArray(), all.size());
    }
  }
}
