package dev.alts.ca.federation;

import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.ca.federation.EndpointReader.Received;
import dev.alts.ca.fetch.FetchException;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.InvalidDocumentException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what foreign trust domains publish, when they want to be asked again. However many
 * replicas there are, one asks. Thread-safe.
 */
public final class FederationRefresh {
  private static final Logger log = LoggerFactory.getLogger(FederationRefresh.class);

  /** Longer than two answers may take. */
  private static final Duration CLAIM = Duration.ofSeconds(60);

  /** The standard's, if the bundle says nothing. */
  private static final Duration USUAL = Duration.ofMinutes(5);

  private static final Duration SHORTEST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MAX_FAILURE_TEXT = 500;

  private final Federations federations;
  private final EndpointReader endpoints;
  private final ReplicaLease lease;
  private final SecureRandom random;

  FederationRefresh(
      Federations federations, EndpointReader endpoints, ReplicaLease lease, SecureRandom random) {
    this.federations = federations;
    this.endpoints = endpoints;
    this.lease = lease;
    this.random = random;
  }

  /** Fetches, each in its own thread, from those whose time has come. */
  void fetchDue(ExecutorService threads) {
    lease.run(() ->
        federations.claimDue(CLAIM).forEach(domain -> threads.execute(() -> attempt(domain))));
  }

  private void attempt(ForeignDomain domain) {
    try {
      lease.run(() -> fetch(domain));
    } catch (RuntimeException e) {
      log.warn("federation not refreshed: trustDomain={} cause={}", domain.name(), e.toString());
    }
  }

  /**
   * Fetches now.
   *
   * @return how it stands then; empty: there is no such relationship
   */
  public Optional<FederationStatus> refresh(TrustDomain name) {
    federations.held(name).ifPresent(this::fetch);
    return federations.find(name);
  }

  private void fetch(ForeignDomain domain) {
    Optional<String> refusal;
    try {
      Received received = endpoints.read(domain);
      refusal = federations.adopt(domain, received, untilNext(domain, received));
    } catch (FetchException | InvalidBundleException | InvalidDocumentException e) {
      refusal = Optional.of(String.valueOf(e.getMessage()));
    }
    if (refusal.isPresent()) {
      failed(domain, refusal.get());
    } else if (domain.failures() > 0) {
      log.info("federation works again: trustDomain={}", domain.name());
    }
  }

  private void failed(ForeignDomain domain, String why) {
    String text = why.length() <= MAX_FAILURE_TEXT ? why : why.substring(0, MAX_FAILURE_TEXT);
    String printable = text.replaceAll("\\p{Cntrl}", " ");
    if (!printable.equals(domain.lastFailure())) {
      log.warn("federation fails: trustDomain={} reason=\"{}\"", domain.name(), printable);
    }
    federations.failed(domain, printable, jittered(held(domain)));
  }

  private static Duration held(ForeignDomain domain) {
    SpiffeBundle bundle = domain.held().bundle();
    return bundle == null
        ? Duration.ofSeconds(10)
        : interval(domain, bundle, domain.held().documents());
  }

  private Duration untilNext(ForeignDomain domain, Received received) {
    return jittered(interval(domain, received.bundle(), received.documents()));
  }

  /** {@return the hint, if it is reasonable, and often enough that nothing becomes too old} */
  private static Duration interval(
      ForeignDomain domain, SpiffeBundle bundle, @Nullable DomainDocuments documents) {
    Duration hint = bundle.refreshHint() == null ? USUAL : bundle.refreshHint();
    if (documents != null && documents.getRefreshHintSeconds() != 0) {
      hint =
          least(
              hint, Duration.ofSeconds(Integer.toUnsignedLong(documents.getRefreshHintSeconds())));
    }
    Duration bounded =
        least(hint, least(LONGEST, domain.relationship().acceptance().maxAge().dividedBy(4)));
    return bounded.compareTo(SHORTEST) < 0 ? SHORTEST : bounded;
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  /** Up to a fifth earlier, so that many who were told the same do not come at once. */
  private Duration jittered(Duration interval) {
    return Duration.ofMillis((long) (interval.toMillis() * (0.8 + 0.2 * random.nextDouble())));
  }
}
