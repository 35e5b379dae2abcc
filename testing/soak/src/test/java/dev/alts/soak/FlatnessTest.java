package dev.alts.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.testing.party.BufferLeaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The checker catches what leaks on purpose. */
@Tag("soak")
class FlatnessTest {
  private static final int ROUNDS = 9;

  private final List<Object> leaked = new ArrayList<>();
  private final List<Closeable> toClose = new ArrayList<>();

  @AfterEach
  void giveBack() throws IOException {
    for (Closeable each : toClose) {
      each.close();
    }
  }

  @Test
  void whatLeavesNothingBehindIsFlat() throws Exception {
    Flatness.require(
        ROUNDS,
        round -> {
          ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(1 << 20);
          leaked.add(new byte[1 << 20]);
          leaked.clear();
          buffer.release();
        });
  }

  @Test
  void aPassingPeakIsNoGrowth() throws Exception {
    Flatness.require(
        ROUNDS,
        round -> {
          leaked.clear();
          leaked.add(new byte[round == 6 ? 32 << 20 : 1]);
        });
  }

  @Test
  void aKibibytePerHandshakeIsCaughtInTheHeap() {
    assertCaught(
        "heap",
        round -> {
          for (int handshake = 0; handshake < 1_000; handshake++) {
            leaked.add(new byte[1024]);
          }
        });
  }

  @Test
  void buffersThatAreNotReleasedAreCaught() {
    assertCaught(
        "Netty's direct memory",
        round -> {
          ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(2 << 20);
          toClose.add(buffer::release);
        });
  }

  @Test
  void directBuffersOfTheJdkAreCaught() {
    assertCaught("direct buffers", round -> leaked.add(ByteBuffer.allocateDirect(2 << 20)));
  }

  @Test
  void threadsThatDoNotEndAreCaught() {
    CountDownLatch end = new CountDownLatch(1);
    toClose.add(end::countDown);
    assertCaught(
        "threads",
        round ->
            Thread.ofPlatform()
                .daemon()
                .start(() -> {
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  @Test
  void socketsThatStayOpenAreCaught() {
    assertCaught(
        "open files",
        round -> {
          for (int i = 0; i < 3; i++) {
            toClose.add(SocketChannel.open());
          }
        });
  }

  @Test
  void theLeakDetectorNamesABufferThatNobodyReleased() {
    BufferLeaks.found();
    loseABuffer();

    List<String> found = new ArrayList<>();
    long end = System.nanoTime() + 20_000_000_000L;
    while (found.isEmpty() && System.nanoTime() < end) {
      found.addAll(BufferLeaks.found());
    }
    assertThat(found).isNotEmpty();
  }

  private static void loseABuffer() {
    ByteBuf unused = ByteBufAllocator.DEFAULT.buffer(64);
  }

  private static void assertCaught(String what, Flatness.Round round) {
    assertThatThrownBy(() -> Flatness.require(ROUNDS, round))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("growth of " + what);
  }
}
