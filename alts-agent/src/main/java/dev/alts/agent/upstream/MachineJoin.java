package dev.alts.agent.upstream;

import dev.alts.agent.credentials.Backoff;
import dev.alts.agent.credentials.ServerClock;
import dev.alts.agent.upstream.MachineStore.Stored;
import dev.alts.identity.document.BootstrapToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what this machine is: from the last run, else by its join token. */
public final class MachineJoin {
  private static final Logger logger = LoggerFactory.getLogger(MachineJoin.class);

  /** A join token lives ten minutes; a CA that starts beside the agent needs seconds. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final long MAX_TOKEN_FILE_BYTES = 4_096;

  private final CaChannels channels;
  private final CaTrust trust;
  private final MachineStore store;
  private final ServerClock clock;
  private final SecureRandom random;
  private final String agentVersion;

  public MachineJoin(
      CaChannels channels,
      CaTrust trust,
      MachineStore store,
      ServerClock clock,
      SecureRandom random,
      String agentVersion) {
    this.channels = channels;
    this.trust = trust;
    this.store = store;
    this.clock = clock;
    this.random = random;
    this.agentVersion = agentVersion;
  }

  /**
   * {@return this machine's identity, stored}
   *
   * @param tokenFile read only if the last run left nothing that is still good
   */
  public Stored loadOrJoin(@Nullable Path tokenFile) throws IOException, StartRefusedException {
    Optional<Stored> stored = store.load(random);
    stored.ifPresent(old -> clock.passed(old.identity().issuedAt()));
    if (stored.isPresent() && !stored.get().identity().isExpired(clock.instant())) {
      logger.info("machine: {} from the last run", stored.get().identity());
      return stored.get();
    }
    if (tokenFile == null) {
      throw new StartRefusedException(
          stored
                  .map(old ->
                      "this machine's certificates expired at %s while the agent was not running"
                          .formatted(old.identity().master().notAfter()))
                  .orElse("this machine has not joined yet")
              + "; get a token (altsctl token create) and pass its file: --join-token-file FILE");
    }
    return join(tokenFile);
  }

  private Stored join(Path tokenFile) throws IOException, StartRefusedException {
    Bootstrap bootstrap = new Bootstrap(channels, trust::accordingTo, random, agentVersion);
    Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), random);
    Instant deadline = clock.instant().plus(PATIENCE);
    try (BootstrapToken token = readToken(tokenFile)) {
      while (true) {
        try {
          return keep(bootstrap.join(token));
        } catch (CaUnavailableException e) {
          waitOrGiveUp(e, backoff.next(e.retryAfter()), deadline);
        }
      }
    }
  }

  private Stored keep(Bootstrap.Joined joined) throws IOException {
    clock.passed(joined.identity().issuedAt());
    // The trust document first: an identity without one would be of no use after a crash.
    store.save(joined.trust());
    store.save(joined.identity());
    logger.info("machine: {} attested by join token", joined.identity());
    return new Stored(joined.identity(), joined.trust());
  }

  private void waitOrGiveUp(CaUnavailableException failure, Duration wait, Instant deadline)
      throws StartRefusedException {
    if (clock.instant().plus(wait).isAfter(deadline)) {
      throw new StartRefusedException(String.valueOf(failure.getMessage()), failure);
    }
    logger.info("joining: {}, next attempt in {} ms", failure.getMessage(), wait.toMillis());
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartRefusedException("interrupted while joining", e);
    }
  }

  private static BootstrapToken readToken(Path file) throws StartRefusedException {
    try {
      if (Files.size(file) > MAX_TOKEN_FILE_BYTES) {
        throw new StartRefusedException("join token file %s: too long".formatted(file));
      }
      return BootstrapToken.parse(Files.readString(file).strip());
    } catch (IOException e) {
      throw new StartRefusedException(
          "join token file %s: cannot be read (%s)".formatted(file, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new StartRefusedException("join token file %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
