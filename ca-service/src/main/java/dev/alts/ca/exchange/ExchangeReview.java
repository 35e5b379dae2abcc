package dev.alts.ca.exchange;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.exchange.ExchangeGrants.LiveExchange;
import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.replica.Duties;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges again what was given for tokens when the rules have changed, or an issuer is not trusted
 * any more. There is no agent that could be told, so what falls is revoked.
 */
public final class ExchangeReview implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ExchangeReview.class);
  private static final String DUTY = "exchange-review";
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final int BATCH = 200;

  private final CaSettings settings;
  private final IdentityRules rules;
  private final ExchangeIssuers issuers;
  private final ExchangeGrants grants;
  private final UsedTokens used;
  private final RevocationService revocations;
  private final Duties duties;
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name(DUTY).daemon().factory());

  ExchangeReview(
      CaSettings settings,
      IdentityRules rules,
      ExchangeIssuers issuers,
      ExchangeGrants grants,
      UsedTokens used,
      RevocationService revocations,
      Duties duties) {
    this.settings = settings;
    this.rules = rules;
    this.issuers = issuers;
    this.grants = grants;
    this.used = used;
    this.revocations = revocations;
    this.duties = duties;
  }

  void start() {
    ScheduledFuture<?> started =
        executor.scheduleWithFixedDelay(
            this::attempt, ROUND.toMillis(), ROUND.toMillis(), TimeUnit.MILLISECONDS);
    log.debug("exchange review started: {}", started);
    rules.onChange(changed -> Thread.ofVirtual().name(DUTY).start(this::attempt));
  }

  private void attempt() {
    try {
      var _ =
          duties.attempt(
              DUTY,
              () -> {
                run();
                used.forgetExpired();
                grants.forgetExpired();
              });
    } catch (RuntimeException e) {
      log.warn("exchange review failed, will be tried again: {}", e.toString());
    }
  }

  /** Judges everything that the rules in force have not judged yet. */
  public void run() {
    oneAtATime.lock();
    try {
      long version = rules.inForce().version();
      List<LiveExchange> batch = grants.judgedBefore(version, BATCH);
      while (!batch.isEmpty()) {
        Set<String> trusted = issuers.names();
        batch.forEach(grant -> review(grant, version, trusted.contains(grant.issuer())));
        batch = grants.judgedBefore(version, BATCH);
      }
    } finally {
      oneAtATime.unlock();
    }
  }

  /** Revoked before it is forgotten: who dies in between does it again. */
  private void review(LiveExchange grant, long version, boolean trusted) {
    if (trusted && stillGiven(grant)) {
      grants.markJudged(grant.revocationId(), version);
      return;
    }
    String reason =
        trusted
            ? "rules changed, now version " + version
            : "issuer %s is trusted no more".formatted(grant.issuer());
    var _ =
        revocations.revoke(
            new RevocationRequest(
                new RevocationTarget.Certificate(grant.revocationId()),
                false,
                ReasonCode.PRIVILEGE_WITHDRAWN,
                DUTY,
                reason));
    grants.forget(grant.revocationId());
  }

  /**
   * Trusts an issuer no longer. What its tokens gave is revoked in the background, one after the
   * other, and also if this replica ends meanwhile.
   *
   * @return how many certificates that are, or -1 if there is no such issuer
   */
  public int removeIssuer(String name) {
    if (!issuers.remove(name)) {
      return -1;
    }
    int live = grants.count(name);
    Thread.ofVirtual().name(DUTY).start(this::attempt);
    return live;
  }

  private boolean stillGiven(LiveExchange grant) {
    return switch (rules
        .inForce()
        .decideForToken(settings.trustDomain(), FactBindings.of(grant.facts()))) {
      case PolicyDecision.Refused _ -> false;
      case PolicyDecision.Granted granted ->
          granted.identities().stream()
              .anyMatch(identity -> identity.spiffeId().equals(grant.spiffeId()));
    };
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
