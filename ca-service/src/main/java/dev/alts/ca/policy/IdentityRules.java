package dev.alts.ca.policy;

import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rules in force. Thread-safe.
 *
 * <p>A version is applied as a whole or not at all, and is pushed to every agent in the transaction
 * that makes it the one in force. Decisions are made by the version that is in force when they are
 * made.
 */
public class IdentityRules {
  private final RuleStore store;
  private final TransactionTemplate transactions;
  private final AuditLog audit;
  private final WatchLog watch;
  private final TrustDomain domain;
  private final PolicyLimits limits;
  private final AtomicReference<RuleSet> inForce = new AtomicReference<>();
  private final List<Consumer<RuleSet>> listeners = new CopyOnWriteArrayList<>();

  public IdentityRules(
      RuleStore store,
      TransactionTemplate transactions,
      AuditLog audit,
      WatchLog watch,
      Settings settings) {
    this.store = store;
    this.transactions = transactions;
    this.audit = audit;
    this.watch = watch;
    this.domain = settings.domain();
    this.limits = settings.limits();
    inForce.set(compileStored(store.current()));
  }

  /** For whom rules give identities, and what they may ask for. */
  public record Settings(TrustDomain domain, PolicyLimits limits) {}

  /**
   * Puts {@code rules} in force instead of all others.
   *
   * @param author who answers for them
   * @param reason why, in words
   * @throws InvalidRulesException if one is not right; nothing has changed then
   */
  public RuleSetVersion apply(List<RuleDraft> rules, String author, String reason)
      throws InvalidRulesException {
    return apply(OptionalLong.empty(), rules, author, reason).orElseThrow();
  }

  /**
   * The same in the place of one version.
   *
   * @return empty, and nothing has changed, if another version than {@code over} is in force
   */
  public Optional<RuleSetVersion> applyOver(
      long over, List<RuleDraft> rules, String author, String reason) throws InvalidRulesException {
    return apply(OptionalLong.of(over), rules, author, reason);
  }

  private Optional<RuleSetVersion> apply(
      OptionalLong over, List<RuleDraft> rules, String author, String reason)
      throws InvalidRulesException {
    // Compiled before anything is stored: what is in the database can always be put in force.
    RuleSet checked = RuleSet.compile(0, rules, limits);
    Optional<RuleSetVersion> applied =
        transactions.execute(status -> {
          RuleSetVersion stored = store.append(rules, author, reason);
          // Versions follow one another, and the next one is taken under a lock.
          if (over.isPresent() && stored.version() != over.getAsLong() + 1) {
            status.setRollbackOnly();
            return Optional.empty();
          }
          audit.append(
              new AuditEvent.RulesChanged(
                  stored.version(), rules.stream().map(RuleDraft::name).toList(), reason, author));
          watch.publish(WatchTopic.RULES, "", update(stored.version(), checked));
          return Optional.of(stored);
        });
    reload();
    return Objects.requireNonNull(applied);
  }

  private static WatchResponse update(long version, RuleSet rules) {
    return WatchResponse.newBuilder()
        .setRules(
            dev.alts.api.machine.v1.RuleSet.newBuilder()
                .setVersion(version)
                .addAllFactFootprint(rules.agentFootprint()))
        .build();
  }

  /** Makes sure that agents are told which facts matter, before the first version too. */
  public void publishInForce() {
    RuleSet now = inForce();
    watch.publishIfChanged(WatchTopic.RULES, update(now.version(), now));
  }

  /** {@return the version in force, or empty before the first} */
  public Optional<RuleSetVersion> current() {
    return store.current();
  }

  public Optional<RuleSetVersion> find(long version) {
    return store.find(version);
  }

  /** {@return the version that was in force at that time, or empty if there was none yet} */
  public Optional<RuleSetVersion> inForceAt(Instant time) {
    return store.newestAt(time);
  }

  /** {@return versions below {@code before}, newest first} */
  public List<RuleSetSummary> history(long before, int limit) {
    return store.history(before, limit);
  }

  /** {@return a version that was once in force, as decisions were made by it} */
  public RuleSet compiled(RuleSetVersion stored) {
    return compileStored(Optional.of(stored));
  }

  /**
   * {@return what {@code drafts} would be, in force; nothing changes}
   *
   * @throws InvalidRulesException if one is not right
   */
  public RuleSet propose(List<RuleDraft> drafts) throws InvalidRulesException {
    return RuleSet.compile(0, drafts, limits);
  }

  /** {@return the compiled version in force; version 0 has no rules} */
  public RuleSet inForce() {
    return inForce.get();
  }

  /**
   * {@return what the rules would say}
   *
   * @param facts values are text, numbers or lists of numbers; {@code machine.name} may be absent
   * @param drafts rules to try instead of those in force
   * @throws InvalidRulesException if one of the drafts is not right
   */
  public PolicyDecision test(Map<String, ?> facts, Optional<List<RuleDraft>> drafts)
      throws InvalidRulesException {
    RuleSet rules = drafts.isPresent() ? RuleSet.compile(0, drafts.get(), limits) : inForce();
    if (facts.keySet().stream().anyMatch(FactCatalog::isOfToken)) {
      return rules.decideForToken(domain, FactBindings.of(facts));
    }
    Object name = facts.get("machine.name");
    SpiffeId machine = SpiffeId.of(domain, "/machine/" + (name == null ? "example" : name));
    return rules.decide(new RuleSet.Question(machine, FactBindings.of(facts), Set.of()));
  }

  /** Looks for a newer version, which another replica may have applied. */
  public void reload() {
    RuleSet before = inForce.get();
    Optional<RuleSetVersion> stored = store.current();
    if (stored.isEmpty() || stored.get().version() <= before.version()) {
      return;
    }
    RuleSet next = compileStored(stored);
    RuleSet now = inForce.updateAndGet(old -> old.version() < next.version() ? next : old);
    if (now == next) {
      listeners.forEach(listener -> listener.accept(next));
    }
  }

  /**
   * Calls {@code listener} after another version has come into force, on the thread that saw it.
   */
  public void onChange(Consumer<RuleSet> listener) {
    listeners.add(listener);
  }

  /** A stored version was checked by the limits of its time; what is issued obeys today's. */
  private static RuleSet compileStored(Optional<RuleSetVersion> stored) {
    try {
      return RuleSet.compile(
          stored.map(RuleSetVersion::version).orElse(0L),
          stored.map(RuleSetVersion::rules).orElse(List.of()),
          PolicyLimits.OF_STORED);
    } catch (InvalidRulesException e) {
      throw new IllegalStateException("stored rules do not compile: " + e.getMessage(), e);
    }
  }
}
