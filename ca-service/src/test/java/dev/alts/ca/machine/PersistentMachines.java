package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.identity.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/** Machines that ask for one certificate after the other, each until it is answered. */
final class PersistentMachines implements AutoCloseable {
  private static final Set<Status.Code> NO_ANSWER =
      Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
  private static final Duration PROGRESS = Duration.ofMinutes(1);

  private final List<RawAgent> agents;
  private final IntSupplier port;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> running = new ArrayList<>();
  private final Map<IssueItem, Grant> granted = new ConcurrentHashMap<>();
  private final Map<IssueItem, RawAgent> askers = new ConcurrentHashMap<>();
  private final Map<RawAgent, ManagedChannel> toOther = new LinkedHashMap<>();
  private final AtomicInteger interrupted = new AtomicInteger();
  private volatile boolean stopped;

  private PersistentMachines(List<RawAgent> agents, IntSupplier port) {
    this.agents = agents;
    this.port = port;
  }

  static PersistentMachines start(List<RawAgent> agents, int port) {
    PersistentMachines machines = new PersistentMachines(agents, () -> port);
    agents.forEach(
        agent -> machines.running.add(machines.threads.submit(() -> machines.askOn(agent))));
    return machines;
  }

  /** {@return how often a request was without an answer} */
  int interrupted() {
    return interrupted.get();
  }

  /** Waits until every machine, on average, got another certificate. */
  void awaitProgress() {
    int before = granted.size();
    long deadline = System.nanoTime() + PROGRESS.toNanos();
    while (granted.size() < before + agents.size()) {
      assertThat(System.nanoTime()).as("machines are served in time").isLessThan(deadline);
      assertThat(running).noneMatch(Future::isDone);
      awaitFor(Duration.ofMillis(20));
    }
  }

  /** The moment of a kill is meant to be random: there is nothing to wait for. */
  void awaitFor(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }

  /** {@return everything that was granted} */
  Map<IssueItem, Grant> stop() throws Exception {
    stopped = true;
    for (Future<?> each : running) {
      each.get(2, TimeUnit.MINUTES);
    }
    return Map.copyOf(granted);
  }

  /** {@return the answer to the same request at another replica} */
  Grant ask(IssueItem item, IntSupplier at) {
    RawAgent agent = askers.get(item);
    Grant grant =
        issue(toOther.computeIfAbsent(agent, asker -> asker.copy(at).channel()), item)
            .orElseThrow();
    return grant;
  }

  /**
   * {@return what the certificate says} A CA that died before it saved the signature signs the same
   * bytes again, and no two signatures of ECDSA are alike.
   */
  static Bytes signedPart(Grant grant) {
    try {
      return Bytes.copyOf(certificate(grant).getTBSCertificate());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  static X509Certificate certificate(Grant grant) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(grant.getCertificate().getChain(0).newInput());
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private void askOn(RawAgent agent) {
    ManagedChannel channel = agent.copy(port).channel();
    while (!stopped) {
      IssueItem item = RawAgent.itemOf(1000).build();
      askers.put(item, agent);
      Grant grant = untilAnswered(channel, item);
      granted.put(item, grant);
      // Sometimes the answer is lost on the way: the same request once more, at once.
      if (granted.size() % 4 == 0) {
        assertThat(signedPart(untilAnswered(channel, item))).isEqualTo(signedPart(grant));
      }
    }
  }

  private Grant untilAnswered(ManagedChannel channel, IssueItem item) {
    while (true) {
      try {
        var answer = issue(channel, item);
        if (answer.isPresent()) {
          return answer.get();
        }
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).as("%s", e).isIn(NO_ANSWER);
        interrupted.incrementAndGet();
      }
      awaitFor(Duration.ofMillis(100));
    }
  }

  /** {@return the grant; empty if the machine has to wait for its quota} */
  private static Optional<Grant> issue(ManagedChannel channel, IssueItem item) {
    var outcome =
        MachineGrpc.newBlockingStub(channel)
            .withWaitForReady()
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .issue(IssueRequest.newBuilder().addItems(item).build())
            .getOutcomes(0);
    if (outcome.hasRefusal()) {
      assertThat(outcome.getRefusal().getReason()).isEqualTo(Refusal.Reason.QUOTA);
      return Optional.empty();
    }
    return Optional.of(outcome.getGrant());
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }
}
