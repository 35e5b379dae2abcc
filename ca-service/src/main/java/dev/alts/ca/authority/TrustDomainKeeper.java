package dev.alts.ca.authority;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.SignedDocuments;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps this replica's view of keys and trust document up to date with the database, and signs the
 * next trust document when the present one is half over or no longer says what is true.
 * Thread-safe.
 */
final class TrustDomainKeeper implements TrustDocuments, IssuingAuthorities, DocumentSigner {
  private static final Logger log = LoggerFactory.getLogger(TrustDomainKeeper.class);

  /** Further back nobody is asked about: who holds an older one is asked to take a newer. */
  private static final int MAX_LOOKED_BACK = 200;

  /** Sequences that are left free before those that are signed ahead. */
  private static final long GAP = 1_000;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final CaSettings settings;
  private final DatabaseClock clock;
  private final AuditLog audit;
  private final Supplier<Keyring> keyrings;
  private final TrustDocumentRows documents;
  private final AheadRows ahead;
  private final List<Consumer<PublishedTrustDocument>> listeners = new CopyOnWriteArrayList<>();
  private volatile View view;
  private volatile long warnedOf;

  TrustDomainKeeper(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      CaSettings settings,
      DatabaseClock clock,
      AuditLog audit,
      Supplier<Keyring> keyrings) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.settings = settings;
    this.clock = clock;
    this.audit = audit;
    this.keyrings = keyrings;
    this.documents = new TrustDocumentRows(jdbc);
    this.ahead = new AheadRows(jdbc);
    this.view = read();
  }

  /** Takes over what another replica changed; signs a new document if one is due. */
  synchronized void refresh() {
    View before = view;
    View next = read();
    view = next;
    if (next.document().parsed().sequence() > before.document().parsed().sequence()) {
      listeners.forEach(listener -> listener.accept(next.document()));
    }
  }

  /** One replica at a time decides about authorities and the next sequence, until its commit. */
  void lock() {
    jdbc.queryForList("select only_row from trust_domain for update");
  }

  @Override
  public List<SignedDocument> bridges() {
    return view.bridges();
  }

  @Override
  public void catchUp() {
    refresh();
  }

  @Override
  public long publishedSince(Predicate<TrustDocument> saysSo) {
    PublishedTrustDocument newest = current();
    if (!saysSo.test(newest.parsed())) {
      return Long.MAX_VALUE;
    }
    long first = newest.parsed().sequence();
    for (SignedDocument signed : documents.newest(MAX_LOOKED_BACK)) {
      TrustDocument earlier = openStored(signed).parsed();
      if (!saysSo.test(earlier)) {
        break;
      }
      first = Math.min(first, earlier.sequence());
    }
    return first;
  }

  @Override
  public PublishedTrustDocument current() {
    return view.document();
  }

  @Override
  public Subscription onChange(Consumer<PublishedTrustDocument> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public SigningAuthority current(EntityKind kind) {
    SigningAuthority authority = view.keyring().current(kind);
    if (authority == null) {
      throw new IllegalStateException("no active authority for " + kind);
    }
    return authority;
  }

  @Override
  public List<SigningAuthority> all() {
    return view.keyring().authorities();
  }

  @Override
  public Optional<SigningAuthority> find(UUID id) {
    return Optional.ofNullable(view.keyring().authority(id));
  }

  @Override
  public SignedDocument sign(DocumentType type, byte[] body) {
    SigningKey key = view.keyring().documentKey(type);
    return SignedDocuments.sign(type, body, key.spki(), key::sign);
  }

  @Override
  public Bytes keySpkiSha256(DocumentType type) {
    return Sha256.of(view.keyring().documentKey(type).spki());
  }

  private View read() {
    View read =
        transaction.execute(status -> {
          lock();
          Keyring keyring = keyrings.get();
          return new View(keyring, documentFor(keyring), documents.bridges());
        });
    if (read == null) {
      throw new AssertionError("the callback never returns null");
    }
    return read;
  }

  private PublishedTrustDocument documentFor(Keyring keyring) {
    Instant now = clock.now().truncatedTo(ChronoUnit.SECONDS);
    Optional<PublishedTrustDocument> latest =
        documents.newest(1).stream().findFirst().map(TrustDomainKeeper::openStored);
    // After a restore agents may know later ones than the database does (docs/operate/backup.md).
    long floor = documents.sequenceFloor();
    if (latest.isPresent()
        && latest.get().parsed().sequence() >= floor
        && isGood(latest.get().parsed(), keyring, now)) {
      return latest.get();
    }
    long sequence =
        Math.max(floor, latest.map(document -> document.parsed().sequence()).orElse(0L) + 1);
    SigningKey root = keyring.root();
    if (root == null) {
      return signedAhead(keyring, sequence, now).orElseGet(() -> withoutAnother(latest, keyring));
    }
    TrustDocument document =
        keyring.describe(
            settings.trustDomain(), sequence, now, now.plus(settings.lifetimes().trustDocument()));
    SignedDocument signed =
        SignedDocuments.sign(
            DocumentType.TRUST_DOCUMENT, document.toWire().toByteArray(), root.spki(), root::sign);
    return publish(new PublishedTrustDocument(signed, document));
  }

  private PublishedTrustDocument publish(PublishedTrustDocument published) {
    TrustDocument document = published.parsed();
    audit.append(
        new AuditEvent.TrustDocumentSigned(
            document.sequence(),
            document.nextUpdate(),
            document.authorities().stream()
                .map(authority -> authority.certificate().spkiSha256().toHex())
                .toList()));
    documents.insert(published);
    log.info(
        "Trust document: sequence={} nextUpdate={}", document.sequence(), document.nextUpdate());
    return published;
  }

  /** {@return the latest of those signed ahead that says what is true now, published} */
  private Optional<PublishedTrustDocument> signedAhead(
      Keyring keyring, long sequence, Instant now) {
    return ahead.usable(sequence - 1, now).stream()
        .map(TrustDomainKeeper::openStored)
        .filter(document -> saysTheTruth(document.parsed(), keyring))
        .findFirst()
        .map(this::publish);
  }

  /** The present document serves on; a step that made it untrue is undone by its transaction. */
  private PublishedTrustDocument withoutAnother(
      Optional<PublishedTrustDocument> latest, Keyring keyring) {
    PublishedTrustDocument present = latest.orElseThrow(NotSignedAheadException::new);
    if (!saysTheTruth(present.parsed(), keyring)) {
      log.warn("Trust document: none is signed ahead that says what is to be true");
    } else if (warnedOf != present.parsed().sequence()) {
      warnedOf = present.parsed().sequence();
      log.warn(
          "Trust document: no later one is signed ahead, the present one ends at {};"
              + " altsctl offline-root export, sign, import",
          present.parsed().nextUpdate());
    }
    return present;
  }

  /**
   * Publishes what the caller's transaction has just made true, in that transaction.
   *
   * @throws NotSignedAheadException if the root is offline and has signed no such document
   */
  void publishChange() {
    Keyring keyring = keyrings.get();
    if (!saysTheTruth(documentFor(keyring).parsed(), keyring)) {
      throw new NotSignedAheadException();
    }
  }

  /** {@return documents for the root to sign ahead: each state from now on, all of the time} */
  List<TrustDocument> plan(
      List<List<AuthorityRow>> states, Bytes rootSpki, Duration each, Duration until) {
    Keyring keyring = keyrings.get();
    Instant now = clock.now().truncatedTo(ChronoUnit.SECONDS);
    // The present root may sign on until this one takes over.
    long sequence = current().parsed().sequence() + GAP;
    List<TrustDocument> planned = new ArrayList<>();
    for (List<AuthorityRow> state : states) {
      // Each is followed by the next when it is half over, as online.
      for (Instant from = now;
          from.isBefore(now.plus(until));
          from = from.plus(each.dividedBy(2))) {
        sequence++;
        planned.add(
            keyring.describe(
                settings.trustDomain(), sequence, from, from.plus(each), state, rootSpki, null));
      }
    }
    return planned;
  }

  private boolean saysTheTruth(TrustDocument document, Keyring keyring) {
    return keyring
        .describe(
            settings.trustDomain(), document.sequence(), document.issuedAt(), document.nextUpdate())
        .equals(document);
  }

  /** Says the truth and is not yet half over. */
  private boolean isGood(TrustDocument document, Keyring keyring, Instant now) {
    Duration life = Duration.between(document.issuedAt(), document.nextUpdate());
    return saysTheTruth(document, keyring)
        && now.isBefore(document.issuedAt().plus(life.dividedBy(2)));
  }

  /** {@return a document of ours, by whichever root signed it} */
  private static PublishedTrustDocument openStored(SignedDocument signed) {
    try {
      Bytes root =
          Bytes.copyOf(
              dev.alts.wire.handshake.v1.TrustDocument.parseFrom(signed.getBody())
                  .getRootSpki()
                  .asReadOnlyByteBuffer());
      return new PublishedTrustDocument(
          signed, TrustDocument.open(signed, RootFingerprint.of(root)));
    } catch (InvalidProtocolBufferException | InvalidDocumentException e) {
      throw new IllegalStateException("a trust document in the database is damaged", e);
    }
  }

  /** Keys and document that belong together. */
  private record View(
      Keyring keyring, PublishedTrustDocument document, List<SignedDocument> bridges) {}
}
