package dev.alts.peer;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RevocationEntry;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The channels that are open under one credential source, so that what changes later still reaches
 * them (handshake.md section 7).
 *
 * <p>A channel is registered first and evaluated against the newest state then; only after that may
 * it carry data. In the other order a revocation that arrives in between would be missed.
 * Thread-safe, no input or output: closing is what a channel's own callback does.
 */
public final class OpenChannels {
  /** Allowance for a client's clock against the database's (handshake.md section 2). */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final String TAINTED = "the authority that it rests on is tainted";

  private final PeerVerifier verifier;
  private final InstantSource clock;
  private final Map<ChannelIndexKey, Set<Channel>> index = new HashMap<>();
  private final Set<Channel> channels = new LinkedHashSet<>();

  /** Those of {@link #channels} that are being replaced because their authority is tainted. */
  private final Set<Channel> replaced = new HashSet<>();

  /** Trust domains that matter to some channel, with how many. */
  private final Map<TrustDomain, Integer> domains = new HashMap<>();

  private VerificationContext current;

  public OpenChannels(PeerVerifier verifier, InstantSource clock, CredentialSnapshot first) {
    this.verifier = verifier;
    this.clock = clock;
    this.current = first.verificationContext();
  }

  /** Whether a channel may carry data. */
  public sealed interface Admission {
    /** It may, until its callback is called; the registration is closed with the channel. */
    record Admitted(CredentialSource.Registration registration) implements Admission {}

    /** It may not: REVOKED. The reason is for the own log. */
    record Refused(String reason) implements Admission {}
  }

  /**
   * How a channel's owner ends it; each is called at most once, with the reason for the log, on the
   * thread that brings the change.
   *
   * @param cut ends it now: its peer is not accepted any more
   * @param replace ends it in good order, some time soon: what it rests on is about to be withdrawn
   */
  public record Ends(Consumer<String> cut, Consumer<String> replace) {}

  private record Channel(
      ChannelEvidence evidence, SpiffeId server, Set<ChannelIndexKey> keys, Ends ends) {
    /** {@return the peer's trust domain, and the server's if it is another} */
    Set<TrustDomain> domains() {
      Set<TrustDomain> both = new LinkedHashSet<>();
      both.add(evidence.facts().spiffeId().trustDomain());
      both.add(server.trustDomain());
      return both;
    }

    // Two channels are never the same, however equal their evidence.
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /** Registers a channel whose handshake is complete, then evaluates it. */
  public Admission register(AltsPeer peer, ChannelEvidence evidence, Ends ends) {
    SpiffeId server = evidence.peerRole() == PeerRole.SERVER ? peer.id() : peer.localId();
    Channel channel = new Channel(evidence, server, ChannelIndexKey.of(evidence, server), ends);
    boolean tainted;
    synchronized (this) {
      add(channel);
      Optional<String> refusal = whyNot(channel);
      if (refusal.isPresent()) {
        remove(channel);
        return new Admission.Refused(refusal.get());
      }
      tainted = isNewlyTainted(channel);
    }
    if (tainted) {
      ends.replace().accept(TAINTED);
    }
    return new Admission.Admitted(() -> unregister(channel));
  }

  /** Takes a new snapshot of the same source and ends what no longer passes. */
  public void update(CredentialSnapshot snapshot) {
    Map<Channel, String> ended = new LinkedHashMap<>();
    List<Channel> tainted = new ArrayList<>();
    synchronized (this) {
      VerificationContext previous = current;
      current = snapshot.verificationContext();
      if (current.id().equals(previous.id())) {
        return;
      }
      for (Channel channel : concerned(previous)) {
        Optional<String> refusal = whyNot(channel);
        refusal.ifPresent(reason -> ended.put(channel, reason));
        if (refusal.isEmpty() && isNewlyTainted(channel)) {
          tainted.add(channel);
        }
      }
      ended.keySet().forEach(this::remove);
    }
    // Outside of the lock: it closes connections.
    AllOf<String> all = new AllOf<>();
    ended.forEach((channel, reason) -> all.run(channel.ends.cut(), reason));
    tainted.forEach(channel -> all.run(channel.ends.replace(), TAINTED));
    all.rethrow();
  }

  /** {@return how many channels are open, for metrics} */
  public synchronized int size() {
    return channels.size();
  }

  /**
   * {@return the channels that a change can have touched} If only revocation lists changed, those
   * that their entries find, so the cost is the entries; a change of trust document or policy is
   * rare and looks at all.
   */
  private Set<Channel> concerned(VerificationContext previous) {
    Set<Channel> concerned = new LinkedHashSet<>();
    for (TrustDomain domain : domains.keySet()) {
      if (!sameTrust(previous, domain)) {
        return Set.copyOf(channels);
      }
      for (RevocationEntry entry : entries(domain)) {
        concerned.addAll(index.getOrDefault(ChannelIndexKey.of(domain, entry), Set.of()));
      }
    }
    return concerned;
  }

  private boolean sameTrust(VerificationContext previous, TrustDomain domain) {
    return previous.foreignDomainPolicy().equals(current.foreignDomainPolicy())
        && previous
            .domain(domain)
            .map(TrustedDomain::trustDocument)
            .equals(current.domain(domain).map(TrustedDomain::trustDocument));
  }

  private Iterable<RevocationEntry> entries(TrustDomain domain) {
    return current
        .domain(domain)
        .flatMap(held -> Optional.ofNullable(held.revocationList()))
        .map(RevocationList::entries)
        .orElse(List.of());
  }

  private Optional<String> whyNot(Channel channel) {
    ChannelEvidence evidence = channel.evidence;
    if (evidence.resumed() && isVoid(evidence, channel.server)) {
      return Optional.of("resumption of sessions of that time is revoked");
    }
    try {
      verifier.recheck(current, evidence.facts(), evidence.peerRole(), clock.instant());
      return Optional.empty();
    } catch (PeerRejectedException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Whether it rests on a tainted authority and is not being replaced for that already. */
  private boolean isNewlyTainted(Channel channel) {
    try {
      return verifier.restsOnTainted(current, channel.evidence.facts()) && replaced.add(channel);
    } catch (PeerRejectedException e) {
      throw new AssertionError("asked of an accepted channel only, whose authority is known", e);
    }
  }

  private boolean isVoid(ChannelEvidence evidence, SpiffeId server) {
    Optional<Instant> voidBefore = current.resumptionVoidBefore(server);
    if (voidBefore.isEmpty()) {
      return false;
    }
    Instant t = voidBefore.get();
    Instant key = evidence.ticketKeyCreatedAt();
    return switch (evidence.peerRole()) {
      // We are the server: the key's creation is of the database's clock, as T is.
      case CLIENT -> (key != null && key.isBefore(t)) || evidence.authenticatedAt().isBefore(t);
      case SERVER -> evidence.authenticatedAt().isBefore(t.plus(SKEW));
    };
  }

  private void add(Channel channel) {
    channels.add(channel);
    channel.domains().forEach(domain -> domains.merge(domain, 1, Integer::sum));
    for (ChannelIndexKey key : channel.keys) {
      index.computeIfAbsent(key, unused -> new LinkedHashSet<>()).add(channel);
    }
  }

  private synchronized void unregister(Channel channel) {
    remove(channel);
  }

  private void remove(Channel channel) {
    if (!channels.remove(channel)) {
      // Ended before by a revocation, or closed twice.
      return;
    }
    replaced.remove(channel);
    channel
        .domains()
        .forEach(domain -> domains.computeIfPresent(domain, (d, n) -> n == 1 ? null : n - 1));
    for (ChannelIndexKey key : channel.keys) {
      Set<Channel> found = index.get(key);
      if (found != null && found.remove(channel) && found.isEmpty()) {
        index.remove(key);
      }
    }
  }
}
