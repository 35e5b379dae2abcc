package dev.alts.agent.credentials;

import dev.alts.agent.credentials.DomainState.Foreign;
import dev.alts.agent.credentials.DomainState.Published;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.identity.document.RevocationList;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises the alarm when a revocation list is past its fresh-for, and says when that is over
 * (handshake.md section 7): whoever keeps the CA from us keeps us from learning who is revoked.
 * Whether anything is refused meanwhile is policy, and the libraries' to do.
 *
 * <p>Used by one thread.
 */
public final class RevocationFreshness {
  private static final Logger logger = LoggerFactory.getLogger(RevocationFreshness.class);

  private final DomainStateSource domain;
  private final InstantSource clock;
  private Set<String> stale = Set.of();

  public RevocationFreshness(DomainStateSource domain, InstantSource clock) {
    this.domain = domain;
    this.clock = clock;
  }

  /** {@return the trust domains whose list is stale now, after the log was told of changes} */
  public Set<String> tick() {
    DomainState state = domain.get();
    Instant now = clock.instant();
    Set<String> found = new TreeSet<>();
    Stream.concat(Stream.of(state.own()), published(state.foreign().values()))
        .forEach(published -> {
          Verified<RevocationList> list = published.revocation();
          if (list != null && !list.document().isFresh(now)) {
            found.add(tell(published, list.document()));
          }
        });
    stale.stream()
        .filter(name -> !found.contains(name))
        .forEach(name -> logger.info("revocation list of {}: fresh again", name));
    stale = found;
    return Set.copyOf(found);
  }

  private static Stream<Published> published(Collection<Foreign> domains) {
    return domains.stream().map(Foreign::published).filter(Objects::nonNull);
  }

  private String tell(Published published, RevocationList list) {
    String name = published.trust().document().trustDomain().name();
    if (!stale.contains(name)) {
      logger.error(
          "revocation list of {}: stale since {}, ends {}; revocations do not arrive",
          name,
          list.issuedAt().plus(list.freshFor()),
          list.validUntil());
    }
    return name;
  }
}
