package dev.alts.ca.rotation;

import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.authority.AuthorityStatus;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.configuration.RotationProperties;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.TrustDocument;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Who would be left behind by a step. Agents count that serve anything which still lives, whether
 * they are connected or not: one that is away comes back with it.
 */
@Component
public class Readiness {
  private final TrustDocuments documents;
  private final TrustHolders holders;
  private final MachineRegistry machines;
  private final Grants grants;
  private final IssuedCertificates certificates;
  private final RotationProperties settings;
  private final DatabaseClock clock;

  Readiness(
      TrustDocuments documents,
      TrustHolders holders,
      MachineRegistry machines,
      Grants grants,
      IssuedCertificates certificates,
      RotationProperties settings,
      DatabaseClock clock) {
    this.documents = documents;
    this.holders = holders;
    this.machines = machines;
    this.grants = grants;
    this.certificates = certificates;
    this.settings = settings;
    this.clock = clock;
  }

  /** {@return agents that do not trust these prepared authorities yet} */
  List<Obstacle> beforeActivation(Collection<AuthorityStatus> prepared) {
    return behind(
        documents.publishedSince(
            document -> prepared.stream().allMatch(authority -> isMember(document, authority))));
  }

  /**
   * {@return everybody who still needs one of these tainted authorities: agents that do not know
   * that it is tainted, agents and humans with certificates of it, and channels that rest on it}
   */
  List<Obstacle> beforeRevocation(Collection<AuthorityStatus> tainted) {
    List<Obstacle> obstacles =
        new ArrayList<>(
            behind(
                documents.publishedSince(document ->
                    tainted.stream().allMatch(authority -> isTainted(document, authority)))));
    obstacles.addAll(withCertificatesOf(tainted));
    for (AuthorityStatus authority : tainted) {
      if (authority.kind() == EntityKind.HUMAN) {
        certificates
            .holdersOf(authority.id(), EntityKind.HUMAN)
            .forEach(human ->
                obstacles.add(
                    new Obstacle(
                        human.toString(), "is logged in with a certificate of the old authority")));
      }
    }
    obstacles.addAll(draining(tainted));
    return obstacles;
  }

  /** {@return agents that hold no document from {@code sequence} on, as they said last} */
  public List<Obstacle> behind(long sequence) {
    Map<MachineName, Holding> said = holders.all();
    List<Obstacle> behind = new ArrayList<>();
    for (MachineName machine : serving()) {
      Holding holding = said.get(machine);
      if (holding == null) {
        behind.add(new Obstacle(machine.text(), "has never said which trust document it holds"));
      } else if (holding.sequence() < sequence) {
        behind.add(
            new Obstacle(
                machine.text(),
                sequence == Long.MAX_VALUE
                    ? "the trust document does not say so yet"
                    : "holds trust document %d, needs %d".formatted(holding.sequence(), sequence)));
      }
    }
    return behind;
  }

  private List<Obstacle> withCertificatesOf(Collection<AuthorityStatus> tainted) {
    Map<Bytes, EntityKind> keys =
        tainted.stream()
            .collect(Collectors.toMap(AuthorityStatus::keyIdentifier, AuthorityStatus::kind));
    Map<MachineName, Holding> said = holders.all();
    List<Obstacle> obstacles = new ArrayList<>();
    for (MachineName machine : serving()) {
      Holding holding = said.get(machine);
      if (holding == null) {
        continue;
      }
      holding.authorityKeyIds().stream()
          .map(keys::get)
          .filter(Objects::nonNull)
          .sorted()
          .forEach(kind ->
              obstacles.add(
                  new Obstacle(
                      machine.text(),
                      "serves %s certificates of the old authority".formatted(KindName.of(kind)))));
    }
    return obstacles;
  }

  private List<Obstacle> draining(Collection<AuthorityStatus> tainted) {
    Instant now = clock.now();
    return tainted.stream()
        .map(AuthorityStatus::taintedAt)
        .filter(Objects::nonNull)
        .map(at -> at.plus(settings.drain()))
        .filter(now::isBefore)
        .max(Instant::compareTo)
        .map(until ->
            List.of(new Obstacle("open channels", "are being replaced until %s".formatted(until))))
        .orElse(List.of());
  }

  /** Machines with anything that lives, by name. */
  private Collection<MachineName> serving() {
    TreeSet<String> names = new TreeSet<>();
    machines.withLiveCertificates().forEach(machine -> names.add(machine.text()));
    grants
        .latestByMachine()
        .forEach((machine, latest) -> {
          if (machines.find(machine).filter(found -> counts(found, latest)).isPresent()) {
            names.add(machine.text());
          }
        });
    return names.stream().map(MachineName::new).toList();
  }

  /** What a banned machine holds is void, and so is what it got in a former life. */
  private static boolean counts(Machine machine, Instant latestGrant) {
    return !machine.banned()
        && !machine.certificates().isEmpty()
        && !latestGrant.isBefore(machine.attestedAt());
  }

  private static boolean isMember(TrustDocument document, AuthorityStatus authority) {
    return has(document, authority, state -> true);
  }

  private static boolean isTainted(TrustDocument document, AuthorityStatus authority) {
    return has(document, authority, state -> state == AuthorityState.TAINTED);
  }

  private static boolean has(
      TrustDocument document, AuthorityStatus authority, Predicate<AuthorityState> wanted) {
    return document.authorities().stream()
        .anyMatch(member ->
            member.certificate().spkiSha256().equals(authority.spkiSha256())
                && wanted.test(member.state()));
  }
}
