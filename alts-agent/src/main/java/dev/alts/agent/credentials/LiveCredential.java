package dev.alts.agent.credentials;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One credential that is kept alive: renewed when its schedule says, its handshake certificate made
 * again at half life. A failed renewal ends nothing; what is held serves until it expires, and the
 * CA is asked again meanwhile. It ends when the CA takes it back.
 *
 * <p>Thread-safe. Listeners are called without the lock held and must be quick.
 */
public final class LiveCredential {
  private static final Logger logger = LoggerFactory.getLogger(LiveCredential.class);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(2);

  private final Renewal renewal;
  private final @Nullable HandshakeCredentialMaker maker;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();
  private final List<Runnable> endListeners = new CopyOnWriteArrayList<>();
  private volatile State state;

  @GuardedBy("this")
  private RotationSchedule schedule;

  @GuardedBy("this")
  private Instant retryAt = Instant.MIN;

  @GuardedBy("this")
  private boolean asking;

  @GuardedBy("this")
  private boolean alarmed;

  /** What there is to serve. */
  public sealed interface State {}

  /** A credential, complete; swapped as a whole. Not a record, since it holds keys. */
  public static final class Serving implements State {
    private final HeldCertificate certificate;
    private final @Nullable HandshakeCredential handshake;
    private final Issuance.Terms terms;
    private final List<ResumptionKey> resumptionKeys;

    private Serving(
        HeldCertificate certificate,
        @Nullable HandshakeCredential handshake,
        Issuance.Terms terms,
        List<ResumptionKey> resumptionKeys) {
      this.certificate = certificate;
      this.handshake = handshake;
      this.terms = terms;
      this.resumptionKeys = resumptionKeys;
    }

    public HeldCertificate certificate() {
      return certificate;
    }

    /** {@return the handshake certificate and its key} Only of a credential that has a maker. */
    HandshakeCredential handshake() {
      if (handshake == null) {
        throw new IllegalStateException("handed out (expected: a master)");
      }
      return handshake;
    }

    public Issuance.Terms terms() {
      return terms;
    }

    List<ResumptionKey> resumptionKeys() {
      return resumptionKeys;
    }

    @Override
    public String toString() {
      return "Serving[%s]".formatted(certificate);
    }
  }

  /** The CA took it back. */
  public record Ended(String reason) implements State {}

  /**
   * @param maker makes handshake certificates; absent for what is handed out with its key
   */
  public LiveCredential(
      Issuance.Granted first,
      Renewal renewal,
      @Nullable HandshakeCredentialMaker maker,
      InstantSource clock,
      RandomGenerator random) {
    this.renewal = renewal;
    this.maker = maker;
    this.clock = clock;
    this.random = random;
    this.backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, random);
    this.schedule = first.certificate().schedule();
    this.state = serving(first);
  }

  public State state() {
    return state;
  }

  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /** {@code listener} is called once, when it has ended. */
  void onEnd(Runnable listener) {
    endListeners.add(listener);
  }

  boolean isWatched() {
    return !listeners.isEmpty();
  }

  /** Does what is due. */
  public void tick() {
    if (!(state instanceof Serving serving)) {
      return;
    }
    Instant now = clock.instant();
    remakeHandshakeCertificate(serving, now);
    boolean ask;
    synchronized (this) {
      ask = !asking && schedule.isDue(now) && !now.isBefore(retryAt);
      asking |= ask;
      if (schedule.isExpired(now) && !alarmed) {
        alarmed = true;
        logger.error("expired: {}; the CA is asked again until it answers", serving.certificate());
      }
    }
    if (ask) {
      ask();
    }
  }

  /** Asks for a new certificate within {@code spread}, whatever the schedule says. */
  public void askAgain(Duration spread) {
    Instant at = clock.instant().plusMillis(random.nextLong(Math.max(0, spread.toMillis()) + 1));
    synchronized (this) {
      schedule = schedule.dueAt(at);
      retryAt = Instant.MIN;
    }
    tick();
  }

  public void end(String reason) {
    SpiffeId id;
    synchronized (this) {
      if (!(state instanceof Serving serving)) {
        return;
      }
      id = serving.certificate().id();
      state = new Ended(reason);
    }
    logger.info("ended: {} ({})", id, reason);
    endListeners.forEach(Runnable::run);
    notifyListeners();
  }

  /** Takes newer keys in the place of those it has; who was granted none is given none by this. */
  public void replaceResumptionKeys(List<ResumptionKey> keys) {
    synchronized (this) {
      if (!(state instanceof Serving old) || old.resumptionKeys.isEmpty()) {
        return;
      }
      state = new Serving(old.certificate, old.handshake, old.terms, List.copyOf(keys));
    }
    notifyListeners();
  }

  private void ask() {
    var _ =
        renewal
            .ask()
            .whenComplete((issuance, failure) -> {
              if (failure != null) {
                failed(String.valueOf(failure.getMessage()), TryLater.of(failure));
                return;
              }
              try {
                take(issuance);
              } catch (IllegalArgumentException e) {
                // Not fit for a handshake certificate: to leave it at that would end the asking.
                failed(String.valueOf(e.getMessage()), Duration.ZERO);
              }
            });
  }

  private void take(Issuance issuance) {
    switch (issuance) {
      case Issuance.Granted granted -> swap(granted);
      case Issuance.MachineIdentity only -> end("the rules give only the machine's now");
      case Issuance.Refused refused -> {
        if (refused.lasting()) {
          end(refused.explanation());
        } else {
          failed(refused.explanation(), Duration.ZERO);
        }
      }
    }
  }

  private void swap(Issuance.Granted granted) {
    Serving next = serving(granted);
    synchronized (this) {
      asking = false;
      if (state instanceof Ended) {
        return;
      }
      state = next;
      schedule = granted.certificate().schedule();
      retryAt = Instant.MIN;
      alarmed = false;
      backoff.reset();
    }
    logger.info(
        "rotated: {}, next by {}",
        granted.certificate(),
        granted.certificate().schedule().renewAt());
    notifyListeners();
  }

  private void failed(String why, Duration retryAfter) {
    if (!(state instanceof Serving serving)) {
      return;
    }
    Instant now = clock.instant();
    Duration wait;
    synchronized (this) {
      asking = false;
      wait = backoff.next(retryAfter);
      retryAt = now.plus(wait);
    }
    logger.warn(
        "renewal failed: {} ({}); it serves for another {} min, next attempt in {} s",
        serving.certificate().id(),
        why,
        Math.max(0, Duration.between(now, serving.certificate().notAfter()).toMinutes()),
        wait.toSeconds());
  }

  private void remakeHandshakeCertificate(Serving seen, Instant now) {
    if (maker == null
        || !seen.handshake().isDue(now)
        || seen.certificate().schedule().isExpired(now)) {
      return;
    }
    HandshakeCredential made = maker.make(seen.certificate().svid(), now);
    synchronized (this) {
      if (state != seen) {
        return;
      }
      state = new Serving(seen.certificate, made, seen.terms, seen.resumptionKeys);
    }
    notifyListeners();
  }

  private Serving serving(Issuance.Granted granted) {
    HeldCertificate certificate = granted.certificate();
    return new Serving(
        certificate,
        maker == null ? null : maker.make(certificate.svid(), clock.instant()),
        granted.terms(),
        granted.resumptionKeys());
  }

  private void notifyListeners() {
    listeners.forEach(Runnable::run);
  }
}
