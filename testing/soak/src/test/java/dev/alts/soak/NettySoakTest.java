package dev.alts.soak;

import dev.alts.testing.Suite;
import dev.alts.testing.party.BufferLeaks;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ten million records and 70,000 handshakes over the Netty adapter; in every build a part. */
@Tag("soak")
@Timeout(900)
@ExtendWith(BufferLeaks.class)
class NettySoakTest {
  private static final boolean FULL = Suite.SOAK.runs();
  private static final int ROUNDS = FULL ? 18 : 9;
  private static final int HANDSHAKES_PER_ROUND = FULL ? 3_500 : 48;
  // each is sealed and opened by the client, and by the server
  private static final int ECHOES_PER_ROUND = FULL ? 250_000 : 4_000;

  @BeforeAll
  static void trackOnlySomeBuffersOfMany() {
    if (FULL) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }
  }

  @Test
  void handshakesOfEveryOutcomeLeaveNothingBehind() throws Exception {
    try (Cast cast = new Cast();
        NettyEcho echo = new NettyEcho(cast);
        Mix mix = new Mix(cast, new RawPeers(echo.address(), cast.clientInit()), echo::visit)) {
      Flatness.require(
          ROUNDS, round -> mix.run(round * HANDSHAKES_PER_ROUND, HANDSHAKES_PER_ROUND));
    }
  }

  @Test
  void recordsLeaveNothingBehind() throws Exception {
    try (Cast cast = new Cast();
        NettyEcho echo = new NettyEcho(cast)) {
      Flatness.require(ROUNDS, round -> echo.stream(cast.regular, ECHOES_PER_ROUND));
    }
  }
}
