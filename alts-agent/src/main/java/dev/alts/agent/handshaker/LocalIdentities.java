package dev.alts.agent.handshaker;

import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.Question;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.delivery.CallerCredentials;
import dev.alts.agent.delivery.CallerCredentials.Caller;
import dev.alts.agent.delivery.DeliveryException;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.credentials.SnapshotReader;
import dev.alts.handshake.HandshakeEnvironment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * From a process to the identity that it shakes hands with. A process is attested anew when
 * anything that the CA has pushed changed, and every few seconds; in between it is only looked at
 * whether it is still the same one. Thread-safe; calls block.
 */
public final class LocalIdentities implements AutoCloseable {
  private static final Duration ATTESTED_FOR = Duration.ofSeconds(5);
  private static final Duration UNUSED_LIFE = Duration.ofMinutes(5);

  private final CallerCredentials credentials;
  private final DomainStateSource domain;
  private final SnapshotAssembler assembler;
  private final HandshakeEnvironment environment;
  private final Map<LiveCredential, LocalIdentity> identities = new ConcurrentHashMap<>();
  private final Map<PeerProcess, Attested> attested = new ConcurrentHashMap<>();

  /** A process as it was found under that state of the domain. */
  private record Attested(Caller caller, DomainState state, Instant until) {}

  public LocalIdentities(
      CallerCredentials credentials,
      DomainStateSource domain,
      SnapshotAssembler assembler,
      HandshakeEnvironment environment) {
    this.credentials = credentials;
    this.domain = domain;
    this.assembler = assembler;
    this.environment = environment;
  }

  /** {@return the first of {@code wanted} that the process may use; none: its default one} */
  LocalIdentity find(PeerProcess process, List<String> wanted) throws DeliveryException {
    Caller caller = attest(process);
    DeliveryException refusal = HandshakeRequests.bad("no identity was asked for");
    for (String id : wanted.isEmpty() ? List.of("") : wanted) {
      try {
        return identity(credentials.find(caller, id, Question.Use.MASTER).credential());
      } catch (DeliveryException e) {
        if (e.reason() != Reason.REFUSED) {
          throw e;
        }
        refusal = e;
      }
    }
    throw refusal;
  }

  /** Forgets what nobody uses. */
  public void tick() {
    Instant now = environment.clock().instant();
    attested.values().removeIf(each -> now.isAfter(each.until()));
    Instant unusedSince = now.minus(UNUSED_LIFE);
    identities.forEach((credential, identity) -> {
      if (identity.isUnusedSince(unusedSince) && identities.remove(credential, identity)) {
        identity.close();
      }
    });
  }

  @Override
  public void close() {
    identities.values().forEach(LocalIdentity::close);
    identities.clear();
  }

  private Caller attest(PeerProcess process) throws DeliveryException {
    Attested known = attested.get(process);
    DomainState state = domain.get();
    Instant now = environment.clock().instant();
    if (known == null || !known.state().equals(state) || now.isAfter(known.until())) {
      Caller caller = credentials.attest(process);
      attested.put(process, new Attested(caller, state, now.plus(ATTESTED_FOR)));
      return caller;
    }
    try {
      process.requireUnchanged();
    } catch (PeerLostException e) {
      throw new DeliveryException(Reason.NOT_READY, e.getMessage());
    }
    return known.caller();
  }

  private LocalIdentity identity(LiveCredential credential) {
    return identities.computeIfAbsent(
        credential,
        of ->
            new LocalIdentity(
                of,
                domain,
                assembler,
                new SnapshotReader(environment.verifier(), environment.clock()),
                environment.clock()));
  }
}
