package dev.alts.ca.crl;

import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.issuance.RevokedCertificates;
import dev.alts.ca.revocation.RevocationReach;
import dev.alts.identity.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The lists in force, one for each authority of the trust document. Thread-safe; replicas sign one
 * by one.
 *
 * <p>A certificate leaves its list after one that was made when it had expired (RFC 5280 3.3), and
 * not because an entry of {@code revocation} did.
 */
@Service
public class Crls {
  /** Half a hundred bytes each: five megabytes. More is no list that a client would fetch. */
  public static final int MAX_ENTRIES = 100_000;

  /**
   * As long as our own lists are valid (handshake.md section 7): the CA may be away for a while.
   */
  static final Duration VALID_FOR = Duration.ofHours(24);

  static final Duration SIGNED_AGAIN_AFTER = Duration.ofHours(1);

  /** Clocks of those who verify may be behind. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(Crls.class);

  private final TransactionTemplate transactions;
  private final IssuingAuthorities authorities;
  private final RevokedCertificates certificates;
  private final RevocationReach reach;
  private final CrlRows rows;
  private final DatabaseClock clock;
  private final AtomicReference<List<CrlStatus>> seen = new AtomicReference<>(List.of());
  private final Map<UUID, PublishedCrl> read = new ConcurrentHashMap<>();

  Crls(
      TransactionTemplate transactions,
      IssuingAuthorities authorities,
      RevokedCertificates certificates,
      RevocationReach reach,
      CrlRows rows,
      DatabaseClock clock) {
    this.transactions = transactions;
    this.authorities = authorities;
    this.certificates = certificates;
    this.reach = reach;
    this.rows = rows;
    this.clock = clock;
  }

  /** {@return the list of the authority whose key has this SHA-256, if it is one of ours} */
  public Optional<PublishedCrl> find(Bytes spkiSha256) {
    return authorities.all().stream()
        .filter(authority -> authority.certificate().spkiSha256().equals(spkiSha256))
        .findFirst()
        .flatMap(authority -> read(authority.id()));
  }

  /** Strangers ask for it: what was read once is kept while its number is the one in force. */
  private Optional<PublishedCrl> read(UUID authority) {
    Optional<CrlStatus.Listed> inForce = rows.find(authority);
    PublishedCrl known = read.get(authority);
    if (known != null && inForce.isPresent() && known.number() == inForce.get().number()) {
      return Optional.of(known);
    }
    Optional<PublishedCrl> found = rows.read(authority);
    found.ifPresent(list -> read.put(authority, list));
    return found;
  }

  /** {@return where each list stands now} */
  public List<CrlStatus> statuses() {
    List<CrlStatus> statuses = authorities.all().stream().map(this::status).toList();
    seen.set(statuses);
    return statuses;
  }

  /** {@return what {@link #statuses()} said last, without asking the database} */
  List<CrlStatus> seen() {
    return seen.get();
  }

  private CrlStatus status(SigningAuthority authority) {
    return new CrlStatus(
        authority.certificate().spkiSha256(),
        authority.kind(),
        authority.certificate().maySignCrls(),
        certificates.count(authority.id()),
        rows.find(authority.id()));
  }

  /** Signs every list that is due: one is missing, says too little, or is an hour old. */
  public void refresh() {
    reach.markLate();
    authorities.all().forEach(this::refresh);
  }

  private void refresh(SigningAuthority authority) {
    if (isDue(authority.id(), rows.find(authority.id()))) {
      transactions.executeWithoutResult(status -> sign(authority));
    }
  }

  private boolean isDue(UUID authority, Optional<CrlStatus.Listed> list) {
    return list.isEmpty()
        || !clock.now().isBefore(list.get().thisUpdate().plus(SIGNED_AGAIN_AFTER))
        || certificates.hasUnlisted(authority);
  }

  private void sign(SigningAuthority authority) {
    Optional<CrlStatus.Listed> before = rows.lock(authority.id());
    if (!isDue(authority.id(), before)) {
      // Another replica was quicker.
      return;
    }
    long revoked = certificates.count(authority.id());
    if (revoked > MAX_ENTRIES) {
      // A list that leaves some out would lie. The last one ends, and who checks accepts nobody.
      log.error(
          "list of revoked certificates not signed: authority={} revoked={} (at most {});"
              + " replace the authority: altsctl authority",
          authority.certificate().spkiSha256(),
          revoked,
          MAX_ENTRIES);
      return;
    }
    Instant now = clock.now().truncatedTo(ChronoUnit.SECONDS);
    CrlSigner signer = new CrlSigner(authority);
    certificates.list(authority.id(), signer::add);
    PublishedCrl list = signer.sign(number(before, now), now, now.plus(VALID_FOR));
    rows.store(authority.id(), list);
    certificates.forgetListed(authority.id(), now.minus(SKEW));
    log.info(
        "List of revoked certificates: authority={} number={} entries={}",
        authority.certificate().spkiSha256(),
        list.number(),
        list.entries());
  }

  /** Not below the time, so that a database restored from a backup does not use numbers twice. */
  private static long number(Optional<CrlStatus.Listed> before, Instant now) {
    return Math.max(before.map(CrlStatus.Listed::number).orElse(0L) + 1, now.getEpochSecond());
  }
}
