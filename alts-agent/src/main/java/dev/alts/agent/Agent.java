package dev.alts.agent;

import dev.alts.agent.attestation.UnixWorkloadAttestor;
import dev.alts.agent.credentials.Backoff;
import dev.alts.agent.credentials.CredentialCache;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.HandshakeCredentialMaker;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.RevocationFreshness;
import dev.alts.agent.credentials.ServerClock;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.credentials.TaintedAuthorities;
import dev.alts.agent.delivery.AgentServer;
import dev.alts.agent.delivery.CallerCredentials;
import dev.alts.agent.delivery.LoopbackServer;
import dev.alts.agent.handshaker.HandshakerService;
import dev.alts.agent.handshaker.LocalIdentities;
import dev.alts.agent.tracing.TraceExport;
import dev.alts.agent.tracing.Traces;
import dev.alts.agent.upstream.Acknowledgements;
import dev.alts.agent.upstream.CaChannels;
import dev.alts.agent.upstream.CaClient;
import dev.alts.agent.upstream.CaTrust;
import dev.alts.agent.upstream.MachineIdentity;
import dev.alts.agent.upstream.MachineJoin;
import dev.alts.agent.upstream.MachineRenewal;
import dev.alts.agent.upstream.MachineStore;
import dev.alts.agent.upstream.PushedUpdates;
import dev.alts.agent.upstream.StartRefusedException;
import dev.alts.agent.upstream.WatchLoop;
import dev.alts.crypto.Crypto;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.PeerVerifier;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running agent: everything wired, from {@link #start} to {@link #close}. */
public final class Agent implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(Agent.class);
  private static final String VERSION = "0.1";
  private static final Duration HANDSHAKE_CERTIFICATE_VALIDITY = Duration.ofHours(1);
  private static final int MAX_CACHED_QUESTIONS = 4_096;
  private static final long TICK_MILLIS = 1_000;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final SecureRandom random = new SecureRandom();
  private final ServerClock clock = new ServerClock(InstantSource.system(), System::nanoTime);

  private @Nullable LoopbackServer loopback;

  private Agent() {}

  /**
   * {@return the agent, serving} It has attested this machine if it had to, but need not have heard
   * from the CA yet.
   *
   * @throws StartRefusedException with a sentence for the operator
   */
  public static Agent start(AgentConfig config) throws StartRefusedException {
    Agent agent = new Agent();
    try {
      agent.wire(config);
      return agent;
    } catch (IOException e) {
      agent.close();
      throw new StartRefusedException(String.valueOf(e.getMessage()), e);
    } catch (StartRefusedException | RuntimeException e) {
      agent.close();
      throw e;
    }
  }

  private void wire(AgentConfig config) throws IOException, StartRefusedException {
    // The socket first: a second agent must not spend the join token before it notices the first.
    AgentServer.Claim claim = own(AgentServer.claim(config.socket()));
    MachineStore store = MachineStore.in(config.dataDirectory());
    var _ = own(store.claim());
    EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    var _ = own(() -> eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync());
    Traces traces = traces(config);
    CaChannels channels = new CaChannels(config.ca(), eventLoops, traces);
    CaTrust trust = new CaTrust(clock);

    MachineStore.Stored joined =
        new MachineJoin(channels, trust, store, clock, random, VERSION)
            .loadOrJoin(config.joinTokenFile());
    MachineIdentity machine = joined.identity();
    Verified<TrustDocument> document = joined.trust();
    DomainStateSource domain = new DomainStateSource(DomainState.first(document));

    CaClient ca =
        own(new CaClient(channels, trust.accordingTo(domain::get), machine, clock, random));
    HandshakeCredentialMaker maker =
        new HandshakeCredentialMaker(HANDSHAKE_CERTIFICATE_VALIDITY, random);
    CredentialCache cache = new CredentialCache(ca, maker, clock, random, MAX_CACHED_QUESTIONS);
    ca.stateTimeLeft(cache::firstEnd);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    own(executor::shutdownNow);
    LiveCredential machineCredential =
        new LiveCredential(
            machine.asGranted(),
            new MachineRenewal(ca, store, random, executor),
            maker,
            clock,
            random);
    PushedUpdates updates = new PushedUpdates(domain, cache, machineCredential, store);
    Acknowledgements acknowledgements =
        Acknowledgements.to(
            ca,
            new Acknowledgements.Holdings(domain, cache, machineCredential),
            executor,
            clock,
            new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), random));
    WatchLoop watch =
        own(
            new WatchLoop(
                ca,
                updates,
                clock,
                new Backoff(Duration.ofMillis(200), Duration.ofMinutes(1), random),
                new WatchLoop.Listener(acknowledgements::connected, ready::countDown),
                VERSION));
    CallerCredentials callers =
        new CallerCredentials(new UnixWorkloadAttestor(), cache, domain, machineCredential);
    SnapshotAssembler assembler = new SnapshotAssembler(domain, clock);
    HandshakeEnvironment environment =
        new HandshakeEnvironment(Crypto.best(), new PeerVerifier(), clock, random);
    LocalIdentities identities = own(new LocalIdentities(callers, domain, assembler, environment));
    HandshakerService handshaker = own(new HandshakerService(identities, environment, executor));
    AgentServer.Limits limits = new AgentServer.Limits(config.maxConnectionsPerUser());
    own(
        AgentServer.open(
            claim,
            new AgentServer.Contents(callers, domain, assembler, handshaker),
            limits,
            eventLoops,
            traces));
    if (config.handshakerTcp() != null) {
      loopback = own(LoopbackServer.open(config.handshakerTcp(), handshaker, limits, eventLoops));
    }
    RevocationFreshness freshness = new RevocationFreshness(domain, clock);
    TaintedAuthorities tainted =
        new TaintedAuthorities(domain, cache, machineCredential, updates::spread);
    own(
        ticking(
            List.of(
                machineCredential::tick,
                cache::tick,
                tainted::tick,
                identities::tick,
                acknowledgements::tick,
                () -> {
                  var _ = freshness.tick();
                })));
    watch.start();
  }

  private static AutoCloseable ticking(List<Runnable> rounds) {
    var scheduler =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("rotation").factory());
    // A look each second and not a timer per certificate: the CA's clock may be learnt anew, and
    // timers would go on by the old one.
    var _ =
        scheduler.scheduleWithFixedDelay(
            () -> rounds.forEach(Agent::attempt), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    return scheduler::shutdownNow;
  }

  private static void attempt(Runnable round) {
    try {
      round.run();
    } catch (RuntimeException e) {
      // A scheduler drops a task that throws, and nothing would ever be renewed again.
      logger.error("rotation: one round failed", e);
    }
  }

  private Traces traces(AgentConfig config) {
    URI collector = config.traceCollector();
    return collector == null ? Traces.off() : own(new TraceExport(collector)).traces();
  }

  /** {@return whether the CA's whole state has arrived within {@code timeout}} */
  public boolean awaitReady(Duration timeout) throws InterruptedException {
    return ready.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** {@return the port on which the handshaker listens, if it does on any} */
  public OptionalInt handshakerPort() {
    return loopback == null ? OptionalInt.empty() : OptionalInt.of(loopback.port());
  }

  private <T extends AutoCloseable> T own(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        logger.warn("stopping: {}", e.toString());
      }
    }
  }
}
