package dev.alts.ca.federation;

import dev.alts.ca.replica.Duties;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * What federation does by itself: publishes, fetches what is due, withdraws what became too old.
 * Before agents come the first of it is done.
 */
final class FederationUpkeep implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(FederationUpkeep.class);
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final Federations federations;
  private final FederationRefresh refresh;
  private final OwnBundle ownBundle;
  private final PublicDocuments documents;
  private final PublicPorts ports;
  private final FederationMetrics metrics;
  private final EventLoopGroup loops;
  private final Duties duties;
  private @Nullable Running running;

  private record Running(CountDownLatch stop, ExecutorService fetches) {}

  /** What we publish, and where. */
  record Publishing(OwnBundle bundle, PublicDocuments documents, PublicPorts ports) {}

  FederationUpkeep(
      Federations federations,
      FederationRefresh refresh,
      Publishing publishing,
      FederationMetrics metrics,
      EventLoopGroup loops,
      Duties duties) {
    this.federations = federations;
    this.refresh = refresh;
    this.ownBundle = publishing.bundle();
    this.documents = publishing.documents();
    this.ports = publishing.ports();
    this.metrics = metrics;
    this.loops = loops;
    this.duties = duties;
  }

  @Override
  public synchronized void start() {
    federations.publish();
    ownBundle.publish();
    documents.refresh();
    ports.start(loops);
    Running started =
        new Running(
            new CountDownLatch(1),
            Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("federation-fetch-", 0).factory()));
    running = started;
    Thread.ofVirtual().name("federation-upkeep").start(() -> run(started));
  }

  private void run(Running started) {
    try {
      while (!started.stop().await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
        steps(started).forEach(FederationUpkeep::attempt);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Step(String name, Runnable work) {}

  private List<Step> steps(Running started) {
    return List.of(
        duty("own-bundle", ownBundle::publish),
        new Step("public documents", documents::refresh),
        new Step("certificates", ports::refreshCertificates),
        duty("federated-domains", federations::publish),
        new Step("fetches", () -> refresh.fetchDue(started.fetches())),
        new Step("metrics", metrics::refresh));
  }

  private Step duty(String name, Runnable work) {
    return new Step(
        name,
        () -> {
          var _ = duties.attempt(name, work);
        });
  }

  /** One step that fails must not keep the others from being done. */
  private static void attempt(Step step) {
    try {
      step.work().run();
    } catch (RuntimeException e) {
      log.warn("upkeep failed, will be tried again: step={} cause={}", step.name(), e.toString());
    }
  }

  @Override
  public synchronized void stop() {
    Running stopping = running;
    running = null;
    if (stopping == null) {
      return;
    }
    stopping.stop().countDown();
    stopping.fetches().shutdownNow();
    ports.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  @Override
  public synchronized boolean isRunning() {
    return running != null;
  }

  /** Before the ports of agents and admins. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 4096;
  }
}
