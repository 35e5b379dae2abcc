package dev.alts.agent.handshaker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.Issuance;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.delivery.DeliveryException;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.credentials.InvalidSnapshotException;
import dev.alts.credentials.SnapshotReader;
import dev.alts.peer.CredentialSnapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One credential as handshakes need it: the same snapshot that the Credentials API would push, read
 * and verified by the same code, made anew when the credential or the domain's state has changed.
 * Thread-safe.
 */
final class LocalIdentity implements AutoCloseable {
  private static final Logger logger = LoggerFactory.getLogger(LocalIdentity.class);

  private final LiveCredential credential;
  private final DomainStateSource domain;
  private final SnapshotAssembler assembler;
  private final InstantSource clock;
  private final Runnable changed = this::change;
  private final BiConsumer<DomainState, DomainState> domainChanged;
  private volatile boolean dirty = true;
  private volatile Instant lastUsed;

  @GuardedBy("this")
  private final SnapshotReader reader;

  @GuardedBy("this")
  private @Nullable CredentialSnapshot latest;

  LocalIdentity(
      LiveCredential credential,
      DomainStateSource domain,
      SnapshotAssembler assembler,
      SnapshotReader reader,
      InstantSource clock) {
    this.credential = credential;
    this.domain = domain;
    this.assembler = assembler;
    this.reader = reader;
    this.clock = clock;
    this.lastUsed = clock.instant();
    this.domainChanged = (before, after) -> change();
    credential.onChange(changed);
    domain.onUpdate(domainChanged);
  }

  /** {@return the newest state, for a handshake that begins, or ends, now} */
  CredentialSnapshot snapshot() throws DeliveryException {
    lastUsed = clock.instant();
    CredentialSnapshot snapshot = refreshed();
    if (lastUsed.isAfter(snapshot.handshakeNotAfter())) {
      throw new DeliveryException(
          Reason.NOT_READY,
          "the credential of %s expired at %s and the CA could not be asked for another"
              .formatted(snapshot.id(), snapshot.handshakeNotAfter()));
    }
    return snapshot;
  }

  boolean isUnusedSince(Instant then) {
    return lastUsed.isBefore(then) || credential.state() instanceof LiveCredential.Ended;
  }

  @Override
  public void close() {
    credential.removeListener(changed);
    domain.removeListener(domainChanged);
  }

  private void change() {
    dirty = true;
  }

  private synchronized CredentialSnapshot refreshed() throws DeliveryException {
    CredentialSnapshot known = latest;
    if (!dirty && known != null) {
      return known;
    }
    // Before reading: a change that comes meanwhile makes it dirty again.
    dirty = false;
    switch (credential.state()) {
      case LiveCredential.Ended ended ->
          throw new DeliveryException(Reason.REFUSED, ended.reason());
      case LiveCredential.Serving serving -> {
        Issuance.Terms terms = serving.terms();
        try {
          known = reader.read(assembler.assemble(serving, terms));
          latest = known;
          return known;
        } catch (InvalidSnapshotException e) {
          logger.error("credential of {} does not verify: {}", serving, e.getMessage());
          if (known != null) {
            return known;
          }
          dirty = true;
          throw new DeliveryException(
              Reason.NOT_READY, "the agent's own credential does not verify; its log says why");
        }
      }
    }
  }
}
