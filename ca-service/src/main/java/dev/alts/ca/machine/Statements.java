package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.grants.PastGrants;
import dev.alts.ca.grants.PastGrants.PastGrant;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.identity.fact.FactSet;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds what agents said, as far as it is kept. */
@Component
class Statements {
  private static final int LOOKED_AT = 500;

  private final Grants grants;
  private final PastGrants past;
  private final Refusals refusals;

  Statements(Grants grants, PastGrants past, Refusals refusals) {
    this.grants = grants;
    this.past = past;
    this.refusals = refusals;
  }

  /** {@return what was said when the certificate was asked for; empty: it is not known any more} */
  Optional<Statement> of(RecordedCertificate certificate) {
    if (certificate.machine().isEmpty()) {
      return Optional.empty();
    }
    Optional<LiveGrant> live = grants.find(certificate.revocationId());
    return live.isPresent()
        ? live.map(grant -> Statement.of(grant.question(), grant.issuedAt(), List.of()))
        : ofExpired(certificate);
  }

  private Optional<Statement> ofExpired(RecordedCertificate certificate) {
    List<PastGrant> found =
        past.find(
            new MachineName(certificate.machine()),
            certificate.subject(),
            certificate.issuedAt(),
            certificate.notAfter());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    List<String> doubts =
        found.size() == 1
            ? List.of()
            : List.of(
                "%d different processes of the machine held this identity then; the facts are those"
                        .formatted(found.size())
                    + " of one of them");
    return Optional.of(Statement.of(found.getFirst().question(), certificate.issuedAt(), doubts));
  }

  static Statement of(Refusals.Kept refusal) {
    return Statement.of(refusal.question(), refusal.refusedAt(), List.of());
  }

  /** {@return the last that was said of a process with these facts, refused or not} */
  Optional<Statement> latest(MachineName machine, FactSet wanted, Instant before) {
    Stream<Statement> said =
        Stream.of(
                grants.onMachine(machine).stream()
                    .map(grant -> Statement.of(grant.question(), grant.issuedAt(), List.of())),
                past.latest(machine, before, LOOKED_AT).stream()
                    .map(grant -> Statement.of(grant.question(), grant.firstIssued(), List.of())),
                refusals.list(machine.text(), Long.MAX_VALUE, LOOKED_AT).stream()
                    .map(Statements::of))
            .flatMap(each -> each);
    return said.filter(statement -> !statement.since().isAfter(before) && statement.says(wanted))
        .max(Comparator.comparing(Statement::since));
  }
}
