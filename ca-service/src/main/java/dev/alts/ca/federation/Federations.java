package dev.alts.ca.federation;

import com.google.protobuf.ByteString;
import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.api.federation.v1.FederatedDomains;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.federation.EndpointReader.Received;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Which trust domains we federate with, what is held of them, and what agents are told.
 * Thread-safe; replicas take turns.
 *
 * <p>What a domain publishes is taken over as a whole or not at all, and changes only its own row:
 * it may contain no key of ours nor of a third domain. What is refused leaves what was held before.
 */
public final class Federations {
  static final int MAX_RELATIONSHIPS = 64;

  /** Agents take 8 MiB at once. */
  private static final int MAX_PUSHED_BYTES = 6 << 20;

  private final FederationRows rows;
  private final TransactionTemplate transactions;
  private final TrustDocuments own;
  private final AuditLog audit;
  private final WatchLog watch;
  private final DatabaseClock clock;

  Federations(
      FederationRows rows,
      TransactionTemplate transactions,
      TrustDocuments own,
      AuditLog audit,
      WatchLog watch,
      DatabaseClock clock) {
    this.rows = rows;
    this.transactions = transactions;
    this.own = own;
    this.audit = audit;
    this.watch = watch;
    this.clock = clock;
  }

  public List<FederationStatus> list() {
    Instant now = clock.now();
    return rows.all().stream().map(domain -> FederationStatus.of(domain, now)).toList();
  }

  public Optional<FederationStatus> find(TrustDomain domain) {
    Instant now = clock.now();
    return rows.find(domain).map(found -> FederationStatus.of(found, now));
  }

  Optional<ForeignDomain> held(TrustDomain domain) {
    return rows.find(domain);
  }

  /**
   * Accepts a trust domain, or changes how. What is held of it stays, unless the admin brings a
   * bundle or pins another root: then the admin's word begins anew.
   *
   * @param bundle by which the endpoint is known at first; text as the endpoint serves it
   * @throws IllegalArgumentException if this cannot be
   */
  public FederationStatus put(
      Relationship relationship, @Nullable String bundle, String changedBy) {
    requireReasonable(relationship);
    SpiffeBundle given = bundle == null ? null : parsed(bundle, relationship.domain());
    transactions.executeWithoutResult(status -> {
      rows.lock();
      Optional<ForeignDomain> before = rows.find(relationship.domain());
      if (before.isEmpty() && rows.all().size() >= MAX_RELATIONSHIPS) {
        throw new IllegalArgumentException(
            "%d trust domains are federated with (expected: at most that many)"
                .formatted(MAX_RELATIONSHIPS));
      }
      Fetched held = before.map(known -> kept(known, relationship)).orElse(Fetched.nothing());
      SpiffeBundle known = given == null ? held.bundle() : given;
      requireBootstrap(relationship, known);
      if (given != null) {
        requireNoKeyOfOthers(relationship.domain(), given, null);
      }
      rows.put(relationship, changedBy, new Fetched(known, held.documents()));
      publishLocked();
    });
    return find(relationship.domain()).orElseThrow();
  }

  private void requireReasonable(Relationship relationship) {
    String name = relationship.domain().name();
    if (relationship.domain().equals(own.current().parsed().trustDomain())) {
      throw new IllegalArgumentException(
          "trust domain: %s (expected: another than our own)".formatted(name));
    }
    // In a URI it would look like the name without it (abuse-48).
    if (name.startsWith(".") || name.endsWith(".")) {
      throw new IllegalArgumentException(
          "trust domain: \"%s\" (expected: no dot at its ends)".formatted(name));
    }
  }

  private static void requireBootstrap(Relationship relationship, @Nullable SpiffeBundle known) {
    if (relationship.profile() instanceof EndpointProfile.HttpsSpiffe spiffe
        && spiffe.endpoint().trustDomain().equals(relationship.domain())
        && known == null) {
      throw new IllegalArgumentException(
          "bundle: none (expected: that of %s, by which its endpoint is known at first)"
              .formatted(relationship.domain()));
    }
  }

  private static Fetched kept(ForeignDomain before, Relationship next) {
    RootFingerprint root = before.relationship().root();
    boolean sameRoot = root != null && root.equals(next.root());
    return new Fetched(before.held().bundle(), sameRoot ? before.held().documents() : null);
  }

  private static SpiffeBundle parsed(String bundle, TrustDomain domain) {
    try {
      return SpiffeBundleText.parse(Bytes.copyOf(bundle.getBytes(StandardCharsets.UTF_8)), domain);
    } catch (InvalidBundleException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Ends the relationship: agents and workloads hear it at once.
   *
   * @return whether there was one
   */
  public boolean remove(TrustDomain domain) {
    return Boolean.TRUE.equals(
        transactions.execute(status -> {
          rows.lock();
          boolean removed = rows.delete(domain);
          publishLocked();
          return removed;
        }));
  }

  /** Tells agents what is trusted now, if that is something else than before. */
  void publish() {
    transactions.executeWithoutResult(status -> {
      rows.lock();
      publishLocked();
    });
  }

  List<ForeignDomain> all() {
    return rows.all();
  }

  List<ForeignDomain> claimDue(Duration lease) {
    return rows.claimDue(lease);
  }

  void failed(ForeignDomain asked, String why, Duration untilNext) {
    rows.failed(asked.name(), asked.version(), why, untilNext);
  }

  /**
   * Takes over what the endpoint answered.
   *
   * @return why it is refused; empty: it is taken over, or the relationship is another one by now
   */
  Optional<String> adopt(ForeignDomain asked, Received received, Duration untilNext) {
    return transactions.execute(status -> {
      rows.lock();
      Optional<ForeignDomain> now =
          rows.find(asked.name()).filter(found -> found.version() == asked.version());
      if (now.isEmpty()) {
        return Optional.empty();
      }
      try {
        Fetched next = judged(now.get(), received);
        rows.fetched(asked.name(), next, untilNext);
        recordChange(now.get(), next);
        publishLocked();
        return Optional.empty();
      } catch (InvalidBundleException | InvalidDocumentException e) {
        return Optional.of(String.valueOf(e.getMessage()));
      }
    });
  }

  private Fetched judged(ForeignDomain domain, Received received)
      throws InvalidBundleException, InvalidDocumentException {
    SpiffeBundle before = domain.held().bundle();
    if (before != null) {
      received.bundle().requireFollows(before);
    }
    RootFingerprint root = domain.relationship().root();
    DomainDocuments documents = received.documents();
    TrustDocument trust =
        root == null || documents == null
            ? null
            : ForeignDocuments.verify(
                domain.relationship(), root, domain.held().documents(), documents);
    try {
      requireNoKeyOfOthers(domain.name(), received.bundle(), trust);
    } catch (IllegalArgumentException e) {
      throw new InvalidBundleException(String.valueOf(e.getMessage()), e);
    }
    Fetched next = new Fetched(received.bundle(), trust == null ? null : documents);
    requireRoom(domain.name(), next);
    return next;
  }

  /** A domain whose authority is another's too could speak for that one's members. */
  private void requireNoKeyOfOthers(
      TrustDomain domain, SpiffeBundle bundle, @Nullable TrustDocument trust) {
    Map<Bytes, TrustDomain> taken = new HashMap<>();
    TrustDocument ours = own.current().parsed();
    keys(ours).forEach(key -> taken.put(key, ours.trustDomain()));
    for (ForeignDomain other : rows.all()) {
      if (!other.name().equals(domain)) {
        keys(other.held()).forEach(key -> taken.put(key, other.name()));
      }
    }
    Stream<Bytes> said = bundle.authorities().stream().map(authority -> authority.spki());
    Stream.concat(said, trust == null ? Stream.empty() : keys(trust))
        .filter(taken::containsKey)
        .findFirst()
        .ifPresent(key -> {
          throw new IllegalArgumentException(
              "an authority of %s is one of %s (expected: none of another trust domain)"
                  .formatted(domain, taken.get(key)));
        });
  }

  private static Stream<Bytes> keys(TrustDocument document) {
    return document.authorities().stream().map(authority -> authority.certificate().spki());
  }

  private static Stream<Bytes> keys(Fetched held) {
    List<Bytes> keys = new ArrayList<>();
    SpiffeBundle bundle = held.bundle();
    if (bundle != null) {
      bundle.authorities().forEach(authority -> keys.add(authority.spki()));
    }
    DomainDocuments documents = held.documents();
    if (documents != null) {
      try {
        keys(ForeignDocuments.trust(documents)).forEach(keys::add);
      } catch (InvalidDocumentException e) {
        throw new IllegalStateException("a document that was verified when it was stored", e);
      }
    }
    return keys.stream();
  }

  private void requireRoom(TrustDomain domain, Fetched next) throws InvalidBundleException {
    int others =
        rows.all().stream()
            .filter(other -> !other.name().equals(domain))
            .mapToInt(other -> size(other.held()))
            .sum();
    if (others + size(next) > MAX_PUSHED_BYTES) {
      throw new InvalidBundleException(
          "%d bytes beside %d of other trust domains (expected: together at most %d)"
              .formatted(size(next), others, MAX_PUSHED_BYTES));
    }
  }

  private static int size(Fetched held) {
    SpiffeBundle bundle = held.bundle();
    DomainDocuments documents = held.documents();
    return (bundle == null ? 0 : SpiffeBundleText.write(bundle).length())
        + (documents == null ? 0 : documents.getSerializedSize());
  }

  private void recordChange(ForeignDomain before, Fetched next) {
    SpiffeBundle held = before.held().bundle();
    SpiffeBundle bundle = next.bundle();
    if (bundle != null
        && (before.fetchedAt() == null || held == null || !bundle.trustsTheSameAs(held))) {
      audit.append(
          new AuditEvent.ForeignDomainChanged(
              before.name().name(),
              String.valueOf(bundle.sequence()),
              bundle.authorities().stream()
                  .map(authority -> authority.spkiSha256().toHex())
                  .toList()));
    }
  }

  private void publishLocked() {
    Instant now = clock.now();
    FederatedDomains.Builder all = FederatedDomains.newBuilder();
    for (ForeignDomain domain : rows.all()) {
      if (!domain.isTooOld(now)) {
        all.addDomains(toWire(domain));
      }
    }
    watch.publishIfChanged(
        WatchTopic.FEDERATED_DOMAINS, WatchResponse.newBuilder().setFederatedDomains(all).build());
  }

  private static FederatedDomain toWire(ForeignDomain domain) {
    Acceptance acceptance = domain.relationship().acceptance();
    FederatedDomain.Builder wire =
        FederatedDomain.newBuilder()
            .setTrustDomain(domain.name().name())
            .setConstraint(acceptance.constraint().toWire())
            .addAllGivenToPaths(acceptance.givenTo());
    SpiffeBundle bundle = domain.held().bundle();
    if (bundle != null) {
      bundle
          .authorities()
          .forEach(authority ->
              wire.addX509Authorities(ByteString.copyFrom(authority.der().asByteBuffer())));
      wire.setJwks(ByteString.copyFromUtf8(SpiffeBundleText.writeJwtKeys(bundle.jwtKeys())));
    }
    RootFingerprint root = domain.relationship().root();
    DomainDocuments documents = domain.held().documents();
    if (root != null && documents != null) {
      wire.setRootSpkiSha256(ByteString.copyFrom(root.sha256().asByteBuffer()))
          .setDocuments(documents);
    }
    return wire.build();
  }
}
