package dev.alts.ca.rotation;

import dev.alts.ca.authority.RootRotation;
import dev.alts.ca.authority.RootState;
import dev.alts.ca.authority.RootStatus;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.identity.Bytes;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Replaces the root, when every agent knows the successor or force is meant. Thread-safe. */
@Service
public class RootSuccession {
  private static final Logger log = LoggerFactory.getLogger(RootSuccession.class);

  private final RootRotation roots;
  private final Readiness readiness;
  private final TrustDocuments documents;

  RootSuccession(RootRotation roots, Readiness readiness, TrustDocuments documents) {
    this.roots = roots;
    this.readiness = readiness;
    this.documents = documents;
  }

  /** {@return every root, oldest first} */
  public List<RootStatus> list() {
    return roots.list();
  }

  /** Makes the successor and has the present root name it. */
  public RotationOutcome prepare(String requestedBy) {
    return take("prepare", () -> roots.prepare(requestedBy));
  }

  /** Has the present root name a successor whose key is kept offline. */
  public RotationOutcome prepareOffline(Bytes spki, String requestedBy) {
    return take("prepare offline", () -> roots.prepareOffline(spki, requestedBy));
  }

  /** {@return agents that have not heard of the successor yet} */
  public List<Obstacle> obstacles() {
    return successor()
        .map(successor ->
            readiness.behind(
                documents.publishedSince(
                    document -> Objects.equals(document.successorRootSpki(), successor.spki()))))
        .orElse(List.of());
  }

  /** Lets the successor sign. */
  public RotationOutcome activate(boolean force, String requestedBy) {
    List<Obstacle> obstacles = obstacles();
    if (!obstacles.isEmpty() && !force) {
      return new RotationOutcome.Hindered(obstacles);
    }
    return take("activate", () -> roots.activate(requestedBy));
  }

  private Optional<RootStatus> successor() {
    return roots.list().stream().filter(root -> root.state() == RootState.SUCCESSOR).findFirst();
  }

  private RotationOutcome take(String step, Runnable effect) {
    try {
      effect.run();
    } catch (IllegalStateException e) {
      return new RotationOutcome.OutOfTurn(String.valueOf(e.getMessage()));
    }
    long sequence = documents.current().parsed().sequence();
    log.info(
        "root: step={} fingerprint={} sequence={}", step, documents.rootFingerprint(), sequence);
    return new RotationOutcome.Done(List.of(), sequence);
  }
}
