package dev.alts.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.Suite;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million records and 30,000 handshakes over blocking sockets; in every build a part. */
@Tag("soak")
@Timeout(900)
class SocketSoakTest {
  private static final boolean FULL = Suite.SOAK.runs();
  private static final int ROUNDS = FULL ? 18 : 9;
  private static final int HANDSHAKES_PER_ROUND = FULL ? 1_500 : 48;
  // each is sealed and opened by the client, and by the server
  private static final int ECHOES_PER_ROUND = FULL ? 25_000 : 1_000;

  @Test
  void handshakesOfEveryOutcomeLeaveNothingBehind() throws Exception {
    try (Cast cast = new Cast();
        SocketEcho echo = new SocketEcho(cast);
        Mix mix =
            new Mix(
                cast,
                new RawPeers(echo.address(), cast.clientInit()),
                (endpoint, number) -> echo.visit(endpoint, number, 1))) {
      Flatness.require(
          ROUNDS, round -> mix.run(round * HANDSHAKES_PER_ROUND, HANDSHAKES_PER_ROUND));
    }
  }

  @Test
  void recordsLeaveNothingBehind() throws Exception {
    try (Cast cast = new Cast();
        SocketEcho echo = new SocketEcho(cast)) {
      Flatness.require(
          ROUNDS, round -> assertThat(echo.visit(cast.regular, round, ECHOES_PER_ROUND)).isEmpty());
    }
  }
}
