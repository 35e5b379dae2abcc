package dev.alts.credentials;

import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import dev.alts.report.ConnectionReport;
import io.grpc.Status;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials of this process, kept current by the agent on this machine.
 *
 * <p>Lifecycle: connects when built and stays connected until {@link #close()}; whenever the stream
 * ends it comes back with growing, random pauses, and meanwhile the last snapshot stays in use. A
 * new snapshot is verified completely before it replaces the old one in a single step; one that
 * does not verify is logged and changes nothing.
 *
 * <p>Thread-safe. Listeners run on the source's own thread and must not call {@link #get()} there
 * before the first snapshot, nor block.
 */
public final class AgentCredentialSource implements PatientSource {
  private static final Logger log = LoggerFactory.getLogger(AgentCredentialSource.class);

  // the own chain before and after a rotation
  private static final int OWN_CHAINS_REMEMBERED = 4;

  private final Settings settings;
  private final Patience patience;
  private final CredentialsWatch watch;
  private final SnapshotReader reader;
  private final StaleListAlarm staleList;
  private final CountDownLatch firstAnswer = new CountDownLatch(1);
  private final List<Consumer<CredentialSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable CredentialSnapshot current;
  private volatile @Nullable String trouble;
  private volatile boolean closed;

  private AgentCredentialSource(Settings settings) {
    this.settings = settings;
    this.patience = Patience.of(settings);
    this.reader =
        new SnapshotReader(
            new PeerVerifier(EcdsaP256.best(), OWN_CHAINS_REMEMBERED), settings.clock());
    AgentChannel agent = AgentChannel.to(settings.socket());
    this.staleList = new StaleListAlarm(settings.clock(), agent::schedule, log::warn);
    this.watch =
        new CredentialsWatch(
            agent,
            WatchCredentialsRequest.newBuilder()
                .setSpiffeId(settings.identity() == null ? "" : settings.identity().toString())
                .build(),
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(20), settings.random()),
            new Stream());
    watch.start();
    new ReportSender(
            agent,
            ConnectionReport.OF_THIS_PROCESS,
            this::identityForReports,
            ReportSender.LOOK_EVERY)
        .start();
  }

  /**
   * How to reach the agent, and for what.
   *
   * @param identity one of the identities that this process may use; null: its default one
   * @param firstSnapshotTimeout how long {@link #get()} waits for the first snapshot, counted from
   *     the start of the source
   */
  public record Settings(
      AgentSocket socket,
      @Nullable SpiffeId identity,
      Duration firstSnapshotTimeout,
      InstantSource clock,
      SecureRandom random) {
    /** {@return settings for the default identity of this process, which wait at most 30 s} */
    public static Settings ofThisProcess() {
      return new Settings(
          AgentSocket.ofThisProcess(),
          null,
          Duration.ofSeconds(30),
          InstantSource.system(),
          new SecureRandom());
    }

    public Settings withSocket(AgentSocket other) {
      return new Settings(other, identity, firstSnapshotTimeout, clock, random);
    }

    public Settings withIdentity(SpiffeId other) {
      return new Settings(socket, other, firstSnapshotTimeout, clock, random);
    }

    public Settings withFirstSnapshotTimeout(Duration other) {
      return new Settings(socket, identity, other, clock, random);
    }
  }

  /** {@return a source of its own, which the caller closes} */
  public static AgentCredentialSource open(Settings settings) {
    return new AgentCredentialSource(settings);
  }

  /**
   * {@return a handle on the source that this process shares for this socket and identity}
   *
   * <p>The first handle opens the source, the last one to be closed closes it. Each handle has its
   * own {@link Settings#firstSnapshotTimeout()}, counted from when it was made.
   */
  public static CredentialSource shared(Settings settings) {
    return SharedSources.OF_THIS_PROCESS.acquire(settings);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Waits for the first snapshot, at most as long as {@link Settings#firstSnapshotTimeout()}
   * says; an agent that refuses an identity is an answer and ends the waiting.
   *
   * @throws CredentialsUnavailableException if there is none, or the last one has expired because
   *     the agent has been away too long; the message says what to do
   */
  @Override
  public CredentialSnapshot get() {
    return get(patience);
  }

  @Override
  public CredentialSnapshot get(Patience ofThisUser) {
    CredentialSnapshot snapshot = current;
    if (snapshot == null) {
      awaitFirstAnswer(ofThisUser);
      snapshot = current;
    }
    if (closed) {
      throw new CredentialsUnavailableException("credential source: already closed");
    }
    if (snapshot == null) {
      String why = trouble;
      throw new CredentialsUnavailableException(
          why != null
              ? why
              : "no credentials yet: the agent at %s has not answered within %s"
                  .formatted(settings.socket(), ofThisUser.longest()));
    }
    if (settings.clock().instant().isAfter(snapshot.handshakeNotAfter())) {
      throw new CredentialsUnavailableException(
          "credentials of %s expired at %s; %s"
              .formatted(
                  snapshot.id(),
                  snapshot.handshakeNotAfter(),
                  trouble != null ? trouble : "the agent has sent no newer ones"));
    }
    return snapshot;
  }

  @Override
  public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
    // an object of its own per registration: the same listener may be registered twice
    Consumer<CredentialSnapshot> registered = snapshot -> listener.accept(snapshot);
    listeners.add(registered);
    return () -> listeners.remove(registered);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    listeners.clear();
    watch.close();
    firstAnswer.countDown();
  }

  @Override
  public String toString() {
    return "AgentCredentialSource[%s, %s]".formatted(settings.socket(), current);
  }

  private String identityForReports() {
    CredentialSnapshot snapshot = current;
    return snapshot == null ? "" : snapshot.id().toString();
  }

  private void awaitFirstAnswer(Patience ofThisUser) {
    Duration left = Duration.between(settings.clock().instant(), ofThisUser.end());
    if (left.isNegative()) {
      return;
    }
    try {
      boolean answered = firstAnswer.await(left.toMillis(), TimeUnit.MILLISECONDS);
      log.debug("first answer of the agent arrived={}", answered);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CredentialsUnavailableException(
          "interrupted while waiting for the first credentials from %s"
              .formatted(settings.socket()));
    }
  }

  /** Runs on the connection's thread. */
  private final class Stream implements CredentialsWatch.Listener {
    @Override
    public boolean onSnapshot(dev.alts.api.credentials.v1.CredentialSnapshot wire) {
      CredentialSnapshot next;
      try {
        next = reader.read(wire);
      } catch (InvalidSnapshotException e) {
        trouble =
            "the agent at %s sent credentials that do not verify: %s"
                .formatted(settings.socket(), e.getMessage());
        log.error("credentials refused socket={} reason=\"{}\"", settings.socket(), e.getMessage());
        return false;
      }
      current = next;
      trouble = null;
      firstAnswer.countDown();
      log.info(
          "credentials updated identity={} until={} sequence={}",
          next.id(),
          next.handshakeNotAfter(),
          Long.toUnsignedString(wire.getSequence()));
      listeners.forEach(listener -> notify(listener, next));
      staleList.watch(next.verificationContext());
      return true;
    }

    @Override
    public void onInterrupted(Status status) {
      String why = AgentTrouble.explain(settings.socket(), status);
      boolean news = !why.equals(trouble);
      if (status.getCode() != Status.Code.DATA_LOSS) {
        trouble = why;
      }
      if (AgentTrouble.isRefusal(status)) {
        firstAnswer.countDown();
      }
      if (news) {
        log.warn("agent stream interrupted socket={} reason=\"{}\"", settings.socket(), why);
      }
    }

    private void notify(Consumer<CredentialSnapshot> listener, CredentialSnapshot next) {
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        // one bad listener must not keep the others from learning of a revocation
        log.error("listener of credential updates failed", e);
      }
    }
  }
}
