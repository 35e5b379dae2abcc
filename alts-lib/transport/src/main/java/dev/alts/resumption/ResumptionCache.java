package dev.alts.resumption;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.VerificationContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A client's tickets, bounded, each used once (handshake.md section 6). Thread-safe.
 *
 * <p>When full, the server that was used least recently is forgotten. What is dropped is wiped.
 */
public final class ResumptionCache {
  private static final int TICKETS_PER_SERVER = 4;
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final int maxServers;
  private final boolean symmetric;
  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Which tickets may serve whom.
   *
   * @param target as the channel names it
   * @param expectedPeer what is demanded of the server, in words that differ when demands differ
   * @param caller in an agent the attested process; elsewhere empty
   */
  public record Key(SpiffeId localId, String target, String expectedPeer, String caller) {}

  private static final class Entry {
    private final Deque<ClientTicket> tickets = new ArrayDeque<>();
    private boolean lastAccepted;
  }

  /**
   * @param symmetric whether to offer resumption without forward secrecy, where a credential allows
   *     it too
   */
  public ResumptionCache(int maxServers, boolean symmetric) {
    this.maxServers = maxServers;
    this.symmetric = symmetric;
  }

  /** {@return the part of this cache that one channel uses} */
  public ClientTickets forServer(Key key) {
    return new Slot(key);
  }

  /** Drops and wipes the tickets that a revocation voided (section 7). */
  public synchronized void dropVoided(VerificationContext context) {
    for (Entry entry : entries.values()) {
      for (Iterator<ClientTicket> all = entry.tickets.iterator(); all.hasNext(); ) {
        ClientTicket ticket = all.next();
        if (isVoid(context, ticket.server().spiffeId(), ticket.authenticatedAt())) {
          ticket.close();
          all.remove();
        }
      }
    }
  }

  /**
   * {@return whether a session with {@code server} that this client authenticated then is void} Its
   * clock and the database's may differ by the skew.
   */
  public static boolean isVoid(
      VerificationContext context, SpiffeId server, Instant authenticatedAt) {
    Optional<Instant> voidBefore = context.resumptionVoidBefore(server);
    return voidBefore.isPresent() && authenticatedAt.isBefore(voidBefore.get().plus(SKEW));
  }

  public synchronized int size() {
    return entries.values().stream().mapToInt(entry -> entry.tickets.size()).sum();
  }

  private synchronized ResumptionOffer take(Key key, Instant now) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return new ResumptionOffer.None();
    }
    // Newest first: it lives longest on the server's side.
    for (ClientTicket ticket = entry.tickets.pollLast();
        ticket != null;
        ticket = entry.tickets.pollLast()) {
      if (now.isBefore(ticket.dropAt())) {
        return offer(ticket, entry.lastAccepted);
      }
      ticket.close();
    }
    return new ResumptionOffer.None();
  }

  private ResumptionOffer offer(ClientTicket ticket, boolean lastAccepted) {
    if (!lastAccepted) {
      return new ResumptionOffer.Full(ticket);
    }
    return symmetric ? new ResumptionOffer.Symmetric(ticket) : new ResumptionOffer.Lean(ticket);
  }

  private synchronized void offered(Key key, boolean accepted) {
    entry(key).lastAccepted = accepted;
  }

  private synchronized void store(Key key, ClientTicket ticket) {
    Entry entry = entry(key);
    entry.tickets.addLast(ticket);
    if (entry.tickets.size() > TICKETS_PER_SERVER) {
      entry.tickets.removeFirst().close();
    }
  }

  private Entry entry(Key key) {
    Entry entry = entries.computeIfAbsent(key, unused -> new Entry());
    if (entries.size() > maxServers) {
      Iterator<Entry> eldest = entries.values().iterator();
      eldest.next().tickets.forEach(ClientTicket::close);
      eldest.remove();
    }
    return entry;
  }

  private final class Slot implements ClientTickets {
    private final Key key;

    private Slot(Key key) {
      this.key = key;
    }

    @Override
    public ResumptionOffer take(Instant now) {
      return ResumptionCache.this.take(key, now);
    }

    @Override
    public void offered(boolean accepted) {
      ResumptionCache.this.offered(key, accepted);
    }

    @Override
    public void store(ClientTicket ticket) {
      ResumptionCache.this.store(key, ticket);
    }
  }
}
