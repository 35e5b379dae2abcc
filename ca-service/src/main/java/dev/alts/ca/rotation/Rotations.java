package dev.alts.ca.rotation;

import dev.alts.ca.authority.AuthorityLife;
import dev.alts.ca.authority.AuthorityRotation;
import dev.alts.ca.authority.AuthoritySlot;
import dev.alts.ca.authority.AuthorityStatus;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.authority.UpstreamChains;
import dev.alts.identity.EntityKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * Takes steps that somebody asks for, if nobody is left behind by them or force is meant.
 * Thread-safe; any replica may be asked.
 */
@Service
public class Rotations {
  private static final Logger log = LoggerFactory.getLogger(Rotations.class);

  private final AuthorityRotation authorities;
  private final Readiness readiness;
  private final TrustDocuments documents;
  private final UpstreamChains upstream;

  Rotations(
      AuthorityRotation authorities,
      Readiness readiness,
      TrustDocuments documents,
      UpstreamChains upstream) {
    this.authorities = authorities;
    this.readiness = readiness;
    this.documents = documents;
    this.upstream = upstream;
  }

  /** {@return the authorities that are in the trust document, oldest first} */
  public List<AuthorityStatus> list() {
    return authorities.list().stream()
        .filter(authority ->
            authority.life() != AuthorityLife.REVOKED && authority.life() != AuthorityLife.PLANNED)
        .toList();
  }

  /** {@return what is in the way of a step, as far as it can be told before it is asked for} */
  public List<Obstacle> obstacles(RotationStep step, Set<EntityKind> kinds) {
    List<AuthorityStatus> concerned = concerned(step, kinds);
    return switch (step) {
      case PREPARE, TAINT -> List.of();
      case ACTIVATE -> concerned.isEmpty() ? List.of() : beforeActivation(concerned);
      case REVOKE -> concerned.isEmpty() ? List.of() : readiness.beforeRevocation(concerned);
    };
  }

  private List<Obstacle> beforeActivation(List<AuthorityStatus> prepared) {
    List<Obstacle> obstacles = new ArrayList<>(readiness.beforeActivation(prepared));
    if (kindsOf(prepared).contains(EntityKind.WORKLOAD) && upstream.nextIsMissing()) {
      obstacles.add(
          new Obstacle(
              "plain-TLS clients",
              "trust an upstream CA that has not certified the prepared workload authority;"
                  + " altsctl authority upstream request --next"));
    }
    return obstacles;
  }

  /** Takes the step for all authorities that it concerns, or for none. */
  public RotationOutcome take(RotationRequest request) {
    List<AuthorityStatus> concerned = concerned(request.step(), request.kinds());
    Set<EntityKind> missing = EnumSet.copyOf(request.kinds());
    concerned.forEach(authority -> missing.remove(authority.kind()));
    if (concerned.isEmpty() || (request.step() == RotationStep.ACTIVATE && !missing.isEmpty())) {
      return new RotationOutcome.OutOfTurn(explain(request.step(), missing));
    }
    List<Obstacle> obstacles = obstacles(request.step(), request.kinds());
    if (!obstacles.isEmpty() && !request.force()) {
      return new RotationOutcome.Hindered(obstacles);
    }
    try {
      apply(request, concerned);
    } catch (IllegalStateException e) {
      // Somebody else moved them between our look and the lock.
      return new RotationOutcome.OutOfTurn(String.valueOf(e.getMessage()));
    }
    log.info(
        "authorities: step={} kinds={} by={} leftBehind={}",
        request.step(),
        request.kinds(),
        request.requestedBy(),
        obstacles.size());
    return new RotationOutcome.Done(
        moved(request.step(), concerned), documents.current().parsed().sequence());
  }

  private void apply(RotationRequest request, List<AuthorityStatus> concerned) {
    List<UUID> ids = concerned.stream().map(AuthorityStatus::id).toList();
    switch (request.step()) {
      case PREPARE -> authorities.prepare(kindsOf(concerned), request.requestedBy());
      case ACTIVATE -> authorities.activate(kindsOf(concerned), request.requestedBy());
      case TAINT -> authorities.taint(ids, request.requestedBy());
      case REVOKE -> authorities.revoke(ids, request.requestedBy());
    }
  }

  /** {@return which authorities a step is about; for PREPARE those that get a successor} */
  private List<AuthorityStatus> concerned(RotationStep step, Set<EntityKind> kinds) {
    List<AuthorityStatus> all = list();
    Set<EntityKind> prepared =
        all.stream()
            .filter(authority -> authority.slot() == AuthoritySlot.NEXT)
            .map(AuthorityStatus::kind)
            .collect(Collectors.toSet());
    Predicate<AuthorityStatus> wanted =
        switch (step) {
          case PREPARE ->
              authority ->
                  authority.slot() == AuthoritySlot.CURRENT && !prepared.contains(authority.kind());
          case ACTIVATE -> authority -> authority.slot() == AuthoritySlot.NEXT;
          case TAINT -> authority -> authority.life() == AuthorityLife.RETIRED;
          case REVOKE -> authority -> authority.life() == AuthorityLife.TAINTED;
        };
    return all.stream()
        .filter(authority -> kinds.contains(authority.kind()))
        .filter(wanted)
        .toList();
  }

  private List<AuthorityStatus> moved(RotationStep step, List<AuthorityStatus> concerned) {
    Set<UUID> ids = concerned.stream().map(AuthorityStatus::id).collect(Collectors.toSet());
    Set<EntityKind> kinds = kindsOf(concerned);
    return authorities.list().stream()
        .filter(authority ->
            step == RotationStep.PREPARE
                ? authority.slot() == AuthoritySlot.NEXT && kinds.contains(authority.kind())
                : ids.contains(authority.id()))
        .toList();
  }

  private static Set<EntityKind> kindsOf(List<AuthorityStatus> authorities) {
    return authorities.stream().map(AuthorityStatus::kind).collect(Collectors.toSet());
  }

  private static String explain(RotationStep step, Set<EntityKind> missing) {
    String kinds = missing.stream().map(KindName::of).sorted().collect(Collectors.joining(", "));
    return switch (step) {
      case PREPARE -> "An authority is prepared already for: %s. Activate it.".formatted(kinds);
      case ACTIVATE -> "No authority is prepared for: %s. Prepare one.".formatted(kinds);
      case TAINT ->
          "No authority has been replaced that could be tainted: %s. Prepare and activate another first."
              .formatted(kinds);
      case REVOKE -> "No authority is tainted: %s. Taint it first.".formatted(kinds);
    };
  }
}
