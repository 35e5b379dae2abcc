package dev.alts.ca.authority;

import dev.alts.ca.authority.UpstreamStatus.Standing;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Certificates of an upstream CA above the authorities of workloads, for plain-TLS users who trust
 * that CA's root and nothing of ours (ADR 22). Asks, checks and keeps; the trust document and
 * everybody who verifies by it know nothing of them.
 *
 * <p>Only for workloads: certificates of machines and humans are shown to nobody but ALTS.
 * Thread-safe.
 */
public final class UpstreamChains {
  private final TransactionTemplate transaction;
  private final CaSettings settings;
  private final Sources sources;
  private final UpstreamRules rules;
  private final DatabaseClock clock;
  private volatile View view = new View(Map.of(), List.of());

  /** What this replica read last. */
  private record View(Map<Bytes, UpstreamChain> byKeyIdentifier, List<UpstreamStatus> all) {}

  /** Where authorities, their keys and what was installed are. */
  record Sources(
      AuthorityRows authorities, SigningKeys keys, UpstreamRows chains, TrustDomainKeeper keeper) {}

  UpstreamChains(
      TransactionTemplate transaction, CaSettings settings, Sources sources, DatabaseClock clock) {
    this.transaction = transaction;
    this.settings = settings;
    this.sources = sources;
    this.rules = new UpstreamRules(settings, new ExemplaryLeaf(settings.trustDomain()));
    this.clock = clock;
    refresh();
  }

  /** Takes over what another replica changed. */
  void refresh() {
    List<UpstreamStatus> all = list();
    view =
        new View(
            all.stream()
                .map(UpstreamStatus::chain)
                .filter(Objects::nonNull)
                .collect(
                    Collectors.toUnmodifiableMap(
                        UpstreamChain::keyIdentifier, Function.identity())),
            all);
  }

  /** {@return whether no authority has any, so that nobody need be looked for} */
  public boolean isEmpty() {
    return view.byKeyIdentifier().isEmpty();
  }

  /**
   * {@return what goes to plain-TLS users behind a leaf of the authority with this key identifier:
   * DER, the authority's certificate first, no root; nothing once any of it has ended}
   */
  public List<Bytes> behindLeafOf(Bytes keyIdentifier, Instant now) {
    UpstreamChain chain = view.byKeyIdentifier().get(keyIdentifier);
    return chain == null || chain.isOver(now) ? List.of() : chain.certificates();
  }

  /** {@return a certification request of the authority in this slot} */
  public UpstreamRequest request(AuthoritySlot slot) {
    AuthorityRow authority =
        find(row -> row.slot() == slot)
            .orElseThrow(() ->
                new IllegalStateException(
                    "No authority is prepared for: workload. Prepare one first."));
    SigningKey key =
        sources.keys().active(KeyPurpose.AUTHORITY).stream()
            .filter(each -> each.id().equals(authority.keyId()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the key of the authority is missing"));
    return UpstreamRequest.of(authority.certificate(), settings.trustDomain(), key);
  }

  /**
   * Keeps what an upstream CA has certified, in the place of what was there for that authority.
   *
   * @throws IllegalArgumentException if plain-TLS users would not accept it; nothing changes then
   */
  public UpstreamStatus install(UpstreamOffer offer, String installedBy) {
    UUID installed =
        transaction.execute(status -> {
          sources.keeper().lock();
          AuthorityRow authority =
              find(row ->
                      row.slot() != null
                          && row.certificate().spkiSha256().equals(offer.authority()))
                  .orElseThrow(() ->
                      new IllegalArgumentException(
                          "chain: the first certificate is not of a workload authority that signs"
                              + " or is prepared (key SHA-256 %s)".formatted(offer.authority())));
          Instant end = rules.require(offer, authority.certificate(), clock.now());
          sources
              .chains()
              .put(
                  authority.id(),
                  offer.issuers().stream().map(issuer -> issuer.der()).toList(),
                  offer.root().der(),
                  end,
                  installedBy);
          return authority.id();
        });
    refresh();
    return list().stream()
        .filter(status -> status.authority().id().equals(installed))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("The authority was revoked meanwhile."));
  }

  /**
   * Hands out no more what an upstream CA has certified of an authority. What was handed out stays
   * with its holder until it is renewed.
   *
   * @param authority SHA-256 of its public key
   */
  public void remove(Bytes authority) {
    transaction.executeWithoutResult(status -> {
      sources.keeper().lock();
      boolean removed =
          find(row -> row.certificate().spkiSha256().equals(authority))
              .filter(row -> sources.chains().delete(row.id()))
              .isPresent();
      if (!removed) {
        throw new IllegalStateException("This authority has no certificate of an upstream CA.");
      }
    });
    refresh();
  }

  /** {@return the workload authorities that sign or will, and others that have a chain} */
  public List<UpstreamStatus> list() {
    Instant now = clock.now();
    Map<UUID, UpstreamChain> chains =
        sources.chains().all().stream()
            .collect(Collectors.toMap(UpstreamChain::authority, Function.identity()));
    boolean used = chains.values().stream().anyMatch(chain -> !chain.isOver(now));
    return sources.authorities().statuses().stream()
        .filter(authority -> authority.kind() == EntityKind.WORKLOAD)
        .filter(authority -> authority.slot() != null || chains.containsKey(authority.id()))
        .map(authority -> {
          UpstreamChain chain = chains.get(authority.id());
          return new UpstreamStatus(authority, chain, standing(chain, used, now));
        })
        .toList();
  }

  /** {@return whether users of the authority that signs now would lose by the next one} */
  public boolean nextIsMissing() {
    List<UpstreamStatus> all = list();
    return in(AuthoritySlot.CURRENT, all).filter(UpstreamChains::isUsable).isPresent()
        && in(AuthoritySlot.NEXT, all).filter(next -> !isUsable(next)).isPresent();
  }

  /**
   * {@return when users of the authority that signs now stop accepting it; empty: there are none}
   */
  Optional<Instant> end() {
    return in(AuthoritySlot.CURRENT, view.all())
        .flatMap(current ->
            switch (current.standing()) {
              case NONE -> Optional.empty();
              case MISSING -> Optional.of(Instant.EPOCH);
              case GOOD, ENDS_SOON, ENDED ->
                  Optional.ofNullable(current.chain()).map(UpstreamChain::notAfter);
            });
  }

  private static Standing standing(@Nullable UpstreamChain chain, boolean used, Instant now) {
    if (chain == null) {
      return used ? Standing.MISSING : Standing.NONE;
    }
    if (chain.isOver(now)) {
      return Standing.ENDED;
    }
    return chain.endsSoon(now) ? Standing.ENDS_SOON : Standing.GOOD;
  }

  private static boolean isUsable(UpstreamStatus status) {
    return status.standing() == Standing.GOOD || status.standing() == Standing.ENDS_SOON;
  }

  private static Optional<UpstreamStatus> in(AuthoritySlot slot, List<UpstreamStatus> all) {
    return all.stream().filter(status -> status.authority().slot() == slot).findFirst();
  }

  private Optional<AuthorityRow> find(Predicate<AuthorityRow> wanted) {
    return sources.authorities().all().stream()
        .filter(row -> row.kind() == EntityKind.WORKLOAD)
        .filter(wanted)
        .findFirst();
  }
}
