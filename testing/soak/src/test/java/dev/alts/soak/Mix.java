package dev.alts.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.endpoint.ClientEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A mix of connections, several at a time, and nothing held of them afterwards. */
final class Mix implements AutoCloseable {
  private static final int AT_A_TIME = 8;

  private final Cast cast;
  private final RawPeers rawPeers;
  private final Visitor visitor;
  private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);

  /** Connects a client of ours and says why that failed, or nothing. */
  interface Visitor {
    String visit(ClientEndpoint endpoint, int number) throws Exception;
  }

  Mix(Cast cast, RawPeers rawPeers, Visitor visitor) {
    this.cast = cast;
    this.rawPeers = rawPeers;
    this.visitor = visitor;
  }

  void run(int first, int count) throws Exception {
    List<Future<?>> under = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      int of = number;
      under.add(
          threads.submit(() -> {
            act(of);
            return null;
          }));
    }
    for (Future<?> each : under) {
      Object unused = each.get(120, TimeUnit.SECONDS);
    }
    awaitNothingHeld();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private void act(int number) throws Exception {
    Act act = Act.number(number);
    if (act.isDoneBy(rawPeers, number)) {
      return;
    }
    String failure =
        switch (act) {
          case RESUMED, RESUMED_AGAIN, RESUMED_ONCE_MORE -> visitor.visit(cast.regular, number);
          case REVOKED -> visitor.visit(cast.revoked, number);
          case SERVER_UNWANTED -> visitor.visit(cast.picky, number);
          default -> visitor.visit(cast.newcomer, number);
        };
    String expected =
        switch (act) {
          case REVOKED -> "HANDSHAKE_FAILED";
          case SERVER_UNWANTED -> "not among";
          default -> "";
        };
    assertThat(failure).as("%s, number %d", act, number).contains(expected);
    assertThat(failure.isEmpty()).as(failure).isEqualTo(expected.isEmpty());
  }

  private void awaitNothingHeld() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (cast.held() != 0) {
      assertThat(System.nanoTime()).as("connections held: %d", cast.held()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
