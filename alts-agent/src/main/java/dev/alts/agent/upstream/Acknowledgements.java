package dev.alts.agent.upstream;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.ByteString;
import dev.alts.agent.credentials.Backoff;
import dev.alts.agent.credentials.CredentialCache;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.identity.Bytes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the CA which trust document this agent holds and whose certificates it serves, whenever
 * either has changed and after every new connection: a CA withdraws no authority that somebody
 * still needs. Nothing here depends on the answer.
 *
 * <p>Thread-safe; one call at a time.
 */
public final class Acknowledgements {
  private static final Logger logger = LoggerFactory.getLogger(Acknowledgements.class);

  private final Supplier<AcknowledgeRequest> holdings;
  private final Consumer<AcknowledgeRequest> send;
  private final Executor executor;
  private final InstantSource clock;
  private final Backoff backoff;

  @GuardedBy("this")
  private @Nullable AcknowledgeRequest acknowledged;

  @GuardedBy("this")
  private boolean sending;

  /** What is under way when a new connection comes was told to the one before. */
  @GuardedBy("this")
  private long connections;

  @GuardedBy("this")
  private Instant retryAt = Instant.MIN;

  /**
   * @param holdings what is held now
   * @param send tells the CA; blocks
   * @param executor runs it
   */
  Acknowledgements(
      Supplier<AcknowledgeRequest> holdings,
      Consumer<AcknowledgeRequest> send,
      Executor executor,
      InstantSource clock,
      Backoff backoff) {
    this.holdings = holdings;
    this.send = send;
    this.executor = executor;
    this.clock = clock;
    this.backoff = backoff;
  }

  /** Everything that an agent holds. */
  public record Holdings(DomainStateSource domain, CredentialCache cache, LiveCredential machine) {
    private AcknowledgeRequest describe() {
      List<LiveCredential> all = new ArrayList<>(cache.credentials(certificate -> true));
      all.add(machine);
      Set<Bytes> authorities = new HashSet<>();
      for (LiveCredential credential : all) {
        if (credential.state() instanceof LiveCredential.Serving serving) {
          serving
              .certificate()
              .svid()
              .leaf()
              .certificate()
              .authorityKeyIdentifier()
              .ifPresent(authorities::add);
        }
      }
      AcknowledgeRequest.Builder request =
          AcknowledgeRequest.newBuilder()
              .setTrustDocumentSequence(domain.get().own().trust().document().sequence());
      authorities.stream()
          .map(Bytes::toHex)
          .sorted()
          .forEach(hex ->
              request.addAuthorityKeyIds(ByteString.copyFrom(Bytes.fromHex(hex).asByteBuffer())));
      return request.build();
    }
  }

  /** {@return acknowledgements to this CA} */
  public static Acknowledgements to(
      CaClient ca, Holdings holdings, Executor executor, InstantSource clock, Backoff backoff) {
    return new Acknowledgements(holdings::describe, ca::acknowledge, executor, clock, backoff);
  }

  /** Says it again: the CA may have been restored from a backup meanwhile. */
  public synchronized void connected() {
    connections++;
    acknowledged = null;
    retryAt = Instant.MIN;
  }

  /** Tells the CA what it does not know yet. */
  public void tick() {
    AcknowledgeRequest held = holdings.get();
    long connection;
    synchronized (this) {
      if (sending || held.equals(acknowledged) || clock.instant().isBefore(retryAt)) {
        return;
      }
      sending = true;
      connection = connections;
    }
    executor.execute(() -> tell(held, connection));
  }

  private void tell(AcknowledgeRequest held, long connection) {
    boolean told = false;
    Duration retryAfter = Duration.ZERO;
    try {
      send.accept(held);
      told = true;
    } catch (StatusRuntimeException e) {
      // A CA from before acknowledgements has nothing to be told.
      told = e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
      retryAfter = RetryDelay.of(e);
      logger.debug("acknowledgement: {}", CaClient.reason(e));
    } finally {
      done(told ? held : null, connection, retryAfter);
    }
  }

  private synchronized void done(
      @Nullable AcknowledgeRequest told, long connection, Duration retryAfter) {
    sending = false;
    if (connection != connections) {
      return;
    }
    if (told == null) {
      retryAt = clock.instant().plus(backoff.next(retryAfter));
      return;
    }
    acknowledged = told;
    backoff.reset();
  }
}
