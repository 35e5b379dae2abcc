package dev.alts.ca.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.PublishedTrustDocument;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.LedgerProperties;
import dev.alts.ca.crl.Crls;
import dev.alts.ca.grants.PastGrants;
import dev.alts.ca.issuance.IssuanceRequests;
import dev.alts.ca.jwt.JwtBundles;
import dev.alts.ca.jwt.JwtSvids;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.replica.Duties;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.revocation.OwnVerification;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.ca.revocation.RevocationPast;
import dev.alts.ca.rotation.RenewalPacing;
import dev.alts.ca.rotation.RotationSchedule;
import dev.alts.ca.watch.WatchHub;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.wire.handshake.v1.TrustDocument;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What must be there before agents come, and what must be done again and again while they are
 * there. What keeps this replica's own memory up to date every replica does, the rest is a duty of
 * one.
 */
@Component
class MachineUpkeep {
  private static final Logger log = LoggerFactory.getLogger(MachineUpkeep.class);
  private static final Duration ROUND = Duration.ofSeconds(10);

  private final Published published;
  private final IdentityRules rules;
  private final GrantReview review;
  private final Expiring expiring;
  private final Rotating rotating;
  private final OwnVerification verification;
  private final WatchHub hub;
  private final Duties duties;
  private @Nullable CountDownLatch stopped;

  /** Everything that agents and others are told. */
  record Published(
      TrustDocuments trust,
      NamingPolicies naming,
      DomainPolicies policies,
      RevocationLists revocation,
      ResumptionKeys resumption,
      JwtBundles jwt,
      Crls crls,
      WatchLog watch) {}

  /** What is of no use any more after a time. */
  record Expiring(
      PastGrants grants,
      RevocationPast revocations,
      IssuanceRequests requests,
      JwtSvids tokens,
      LedgerProperties kept) {}

  /** What replaces authorities. */
  record Rotating(RotationSchedule schedule, RenewalPacing pacing, JwtAuthorities jwtAuthorities) {}

  MachineUpkeep(
      Published published,
      IdentityRules rules,
      GrantReview review,
      Expiring expiring,
      Rotating rotating,
      OwnVerification verification,
      WatchHub hub,
      Duties duties) {
    this.published = published;
    this.rules = rules;
    this.review = review;
    this.expiring = expiring;
    this.rotating = rotating;
    this.verification = verification;
    this.hub = hub;
    this.duties = duties;
  }

  /** Does everything once, or fails; then goes on in the background. */
  void start() {
    published.naming().ensureFirst();
    published.policies().ensureFirst();
    published.trust().onChange(document -> Thread.ofVirtual().start(this::trustChanged));
    publishTrustDocument();
    rotating.pacing().publish();
    rules.reload();
    rules.publishInForce();
    published.resumption().startPeriod();
    published.jwt().publish();
    published.revocation().refresh();
    verification.refresh();
    hub.onLook(() -> {
      verification.refresh();
      rules.reload();
    });
    hub.start();
    CountDownLatch stop = new CountDownLatch(1);
    stopped = stop;
    Thread.ofVirtual().name("machine-upkeep").start(() -> run(stop));
  }

  void stop() {
    CountDownLatch stop = stopped;
    if (stop != null) {
      stop.countDown();
    }
    hub.close();
  }

  private void run(CountDownLatch stop) {
    try {
      while (!stop.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
        for (Step step : steps()) {
          attempt(step);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Step(String name, Runnable work) {}

  private List<Step> steps() {
    return List.of(
        duty("renewal-pacing", rotating.pacing()::publish),
        duty("jwt-authorities", rotating.jwtAuthorities()::advance),
        new Step("jwt key set", published.jwt()::publish),
        duty("old-jwt-counts", expiring.tokens()::forgetOld),
        duty("rotation-of-authorities", rotating.schedule()::run),
        new Step("trust document", this::publishTrustDocument),
        duty("revocation-list", published.revocation()::refresh),
        duty("crls", published.crls()::refresh),
        new Step(
            "state of crls",
            () -> {
              var _ = published.crls().statuses();
            }),
        duty("naming-policy", published.naming()::signAgainIfKeyChanged),
        new Step("resumption period", published.resumption()::startPeriod),
        new Step("rules", rules::reload),
        duty("grant-review", review::run),
        duty("expired-grants", expiring.grants()::takeOverExpired),
        duty("old-explanations", this::forgetOldExplanations),
        duty("expired-issuance-requests", expiring.requests()::deleteExpired),
        duty("departed-replicas", duties::forgetDeparted));
  }

  /** What explains a certificate is kept as long as the certificate is. */
  private void forgetOldExplanations() {
    Duration kept = expiring.kept().certificateRetention();
    expiring.grants().forgetOld(kept);
    expiring.revocations().forgetOld(kept);
  }

  private Step duty(String name, Runnable work) {
    return new Step(
        name,
        () -> {
          var _ = duties.attempt(name, work);
        });
  }

  /** One step that fails must not keep the others from being done. */
  private static void attempt(Step step) {
    try {
      step.work().run();
    } catch (RuntimeException e) {
      log.warn("upkeep failed, will be tried again: step={} cause={}", step.name(), e.toString());
    }
  }

  /** What a new trust document is followed by, without waiting for the next round. */
  private void trustChanged() {
    attempt(new Step("trust document", this::publishTrustDocument));
    attempt(new Step("revocation list", published.revocation()::refresh));
    attempt(new Step("own verification", verification::refresh));
  }

  /** Of two replicas the one that has yet to see a document must not push the one before. */
  private void publishTrustDocument() {
    PublishedTrustDocument document = published.trust().current();
    published
        .watch()
        .publishUnless(
            latest -> sequence(latest) >= document.parsed().sequence(),
            WatchTopic.TRUST_DOCUMENT,
            WatchResponse.newBuilder()
                .setTrustDocument(document.signed())
                .addAllBridges(published.trust().bridges())
                .build());
  }

  private static long sequence(WatchResponse pushed) {
    try {
      return TrustDocument.parseFrom(pushed.getTrustDocument().getBody()).getSequence();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the trust document that was pushed last is damaged", e);
    }
  }
}
