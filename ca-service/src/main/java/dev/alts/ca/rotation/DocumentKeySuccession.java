package dev.alts.ca.rotation;

import dev.alts.ca.authority.DocumentKeyRotation;
import dev.alts.ca.authority.DocumentKeyState;
import dev.alts.ca.authority.DocumentKeyStatus;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.RotationProperties;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.TrustDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Replaces the document keys, when every agent knows the next ones or force is meant. */
@Service
public class DocumentKeySuccession {
  private static final Logger log = LoggerFactory.getLogger(DocumentKeySuccession.class);

  private final DocumentKeyRotation keys;
  private final Readiness readiness;
  private final TrustDocuments documents;
  private final NamingPolicies naming;
  private final RotationProperties settings;
  private final DatabaseClock clock;

  DocumentKeySuccession(
      DocumentKeyRotation keys,
      Readiness readiness,
      TrustDocuments documents,
      NamingPolicies naming,
      RotationProperties settings,
      DatabaseClock clock) {
    this.keys = keys;
    this.readiness = readiness;
    this.documents = documents;
    this.naming = naming;
    this.settings = settings;
    this.clock = clock;
  }

  /** {@return the keys in the trust document} */
  public List<DocumentKeyStatus> list() {
    return keys.list();
  }

  /** Makes and publishes the next keys. */
  public RotationOutcome prepare(String requestedBy) {
    return take("prepare", List.of(), true, () -> keys.prepare(requestedBy));
  }

  /** Lets them sign: refused while an agent does not accept what they would sign. */
  public RotationOutcome activate(boolean force, String requestedBy) {
    List<DocumentKeyStatus> prepared = in(DocumentKeyState.PREPARED);
    List<Obstacle> obstacles =
        prepared.isEmpty()
            ? List.of()
            : behind(document ->
                prepared.stream().allMatch(key -> keysOf(document, key).contains(key.spki())));
    return take("activate", obstacles, force, () -> keys.activate(requestedBy));
  }

  /**
   * Takes the former keys out of the trust document. Refused while an agent has not been there
   * since the others sign, or only just: every agent gets list and policy of the new keys when it
   * gets the document that puts them first.
   */
  public RotationOutcome retire(boolean force, String requestedBy) {
    List<Obstacle> obstacles = new ArrayList<>();
    if (!in(DocumentKeyState.FORMER).isEmpty()) {
      List<DocumentKeyStatus> signing = in(DocumentKeyState.SIGNING);
      obstacles.addAll(
          behind(document ->
              signing.stream()
                  .allMatch(key -> keysOf(document, key).getFirst().equals(key.spki()))));
      Instant now = clock.now();
      signing.stream()
          .map(DocumentKeyStatus::activatedAt)
          .filter(Objects::nonNull)
          .map(at -> at.plus(settings.drain()))
          .filter(now::isBefore)
          .max(Instant::compareTo)
          .ifPresent(until ->
              obstacles.add(
                  new Obstacle("what the former keys signed", "is being replaced until " + until)));
    }
    return take(
        "retire",
        obstacles,
        force,
        () -> {
          // Also by force: the policy in force must open for us as well.
          naming.signAgainIfKeyChanged();
          keys.retire(requestedBy);
        });
  }

  private List<DocumentKeyStatus> in(DocumentKeyState state) {
    return keys.list().stream().filter(key -> key.state() == state).toList();
  }

  private List<Obstacle> behind(Predicate<TrustDocument> saysSo) {
    return readiness.behind(documents.publishedSince(saysSo));
  }

  private static List<Bytes> keysOf(TrustDocument document, DocumentKeyStatus key) {
    Function<TrustDocument, List<Bytes>> keys =
        switch (key.type()) {
          case REVOCATION_LIST -> TrustDocument::revocationKeys;
          case NAMING_POLICY -> TrustDocument::namingKeys;
          case AUDIT_CHECKPOINT -> TrustDocument::auditKeys;
          case TRUST_DOCUMENT, HANDSHAKE_CERTIFICATE ->
              throw new AssertionError("these have no document key");
        };
    return keys.apply(document);
  }

  private RotationOutcome take(
      String step, List<Obstacle> obstacles, boolean force, Runnable effect) {
    if (!obstacles.isEmpty() && !force) {
      return new RotationOutcome.Hindered(obstacles);
    }
    try {
      effect.run();
    } catch (IllegalStateException e) {
      return new RotationOutcome.OutOfTurn(String.valueOf(e.getMessage()));
    }
    long sequence = documents.current().parsed().sequence();
    log.info("document keys: step={} sequence={}", step, sequence);
    return new RotationOutcome.Done(List.of(), sequence);
  }
}
