package dev.alts.resumption;

import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.ResumptionKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The resumption keys of the one identity and boundary that a listener serves: seals new tickets
 * with the newest, tries at most three to open one (handshake.md section 6). Thread-safe.
 */
public final class TicketKeyRing {
  /** Keys that are tried: bounds what a forged ticket costs. */
  private static final int MAX_TRIED = 3;

  private final TicketSealer sealer;
  private final List<ResumptionKey> keys;

  private TicketKeyRing(TicketSealer sealer, List<ResumptionKey> keys) {
    this.sealer = sealer;
    this.keys = keys;
  }

  /** {@return the ring of a credential, without the keys that a revocation voided (section 7)} */
  public static TicketKeyRing of(Crypto crypto, CredentialSnapshot credential) {
    Optional<Instant> voidBefore =
        credential.verificationContext().resumptionVoidBefore(credential.id());
    List<ResumptionKey> usable =
        credential.resumptionKeys().stream()
            .filter(key -> voidBefore.map(t -> !key.createdAt().isBefore(t)).orElse(true))
            .limit(MAX_TRIED)
            .toList();
    return new TicketKeyRing(
        new TicketSealer(crypto, credential.id(), credential.self().boundary()), usable);
  }

  /** A ticket that was opened, and by which key. The holder closes the ticket. */
  public record Opened(ResumptionTicket ticket, Instant keyCreatedAt) {}

  /** A ticket for the client; {@code lifetime} is what ServerParameters say. */
  public record Sealed(Bytes ticket, Duration lifetime) {}

  /** {@return the ticket, or empty if no key opens it, it is malformed, or it has expired} */
  public Optional<Opened> open(Bytes ticket, Instant now) {
    for (ResumptionKey key : keys) {
      if (!key.mayOpenAt(now)) {
        continue;
      }
      Optional<byte[]> body = sealer.open(key, ticket);
      if (body.isPresent()) {
        Optional<ResumptionTicket> decoded = TicketBodyCodec.decode(body.get());
        Arrays.fill(body.get(), (byte) 0);
        return decoded.flatMap(found -> ifAlive(found, key, now));
      }
    }
    return Optional.empty();
  }

  private static Optional<Opened> ifAlive(ResumptionTicket ticket, ResumptionKey key, Instant now) {
    if (!now.isBefore(ticket.session().expiresAt())) {
      ticket.close();
      return Optional.empty();
    }
    return Optional.of(new Opened(ticket, key.createdAt()));
  }

  /**
   * {@return the newest key that may seal now}
   *
   * <p>Its end bounds the expiry of a new session's tickets.
   */
  public Optional<ResumptionKey> sealingKey(Instant now) {
    return keys.stream().filter(key -> key.maySealAt(now)).findFirst();
  }

  /** {@return the sealed ticket, or empty if it would have no lifetime} */
  public Optional<Sealed> seal(
      ResumptionKey key, ResumptionTicket ticket, Instant now, SecureRandom random) {
    Duration lifetime = Duration.between(now, ticket.session().expiresAt());
    if (lifetime.isZero() || lifetime.isNegative()) {
      return Optional.empty();
    }
    byte[] salt = new byte[TicketSealer.SALT_BYTES];
    random.nextBytes(salt);
    byte[] body = TicketBodyCodec.encode(ticket, now);
    Bytes sealed = sealer.seal(key, salt, body);
    Arrays.fill(body, (byte) 0);
    return Optional.of(new Sealed(sealed, lifetime));
  }
}
