package dev.alts.ca.revocation;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.issuance.CertificateQuery.IssuedTo;
import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import dev.alts.ca.issuance.RevokedCertificates;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.resumption.ResumptionKeys.Holder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What there is now that a revocation hits. Thread-safe. */
@Component
public class RevocationReach {
  private final Grants grants;
  private final ResumptionKeys resumption;
  private final RevokedCertificates certificates;
  private final RevocationStore store;

  RevocationReach(
      Grants grants,
      ResumptionKeys resumption,
      RevokedCertificates certificates,
      RevocationStore store) {
    this.grants = grants;
    this.resumption = resumption;
    this.certificates = certificates;
    this.store = store;
  }

  /**
   * What a revocation would do, if it came now.
   *
   * @param holders identities whose resumption keys would be replaced, by name, the first ones
   * @param machine whose agent would have to attest again
   */
  public record Preview(
      RevokedCertificates.Hit hit,
      long holderCount,
      List<String> holders,
      Optional<MachineName> machine) {
    public Preview {
      holders = List.copyOf(holders);
    }
  }

  /**
   * {@return what revoking {@code target} would hit, with at most {@code limit} names of a kind}
   */
  @Transactional(readOnly = true)
  public Preview preview(RevocationTarget target, int limit) {
    List<String> reached =
        holders(target).stream()
            .map(holder -> holder.identity().toString())
            .distinct()
            .sorted()
            .toList();
    return new Preview(
        certificates.hitBy(things(target, store.now().plusSeconds(1)), limit),
        reached.size(),
        reached.stream().limit(limit).toList(),
        expelled(target));
  }

  private static Optional<MachineName> expelled(RevocationTarget target) {
    return switch (target) {
      case RevocationTarget.Machine machine -> Optional.of(machine.name());
      case RevocationTarget.Subject subject -> MachineName.ofSpiffeId(subject.id());
      case RevocationTarget.Certificate _,
          RevocationTarget.Authority _,
          RevocationTarget.Resumption _ ->
          Optional.empty();
    };
  }

  /**
   * {@return identities whose sessions are void with it, as they were handed resumption keys there}
   */
  List<Holder> holders(RevocationTarget target) {
    return switch (target) {
      case RevocationTarget.Certificate certificate ->
          grants
              .find(certificate.id())
              .filter(LiveGrant::resumes)
              .map(grant -> List.of(new Holder(grant.spiffeId(), grant.boundary())))
              .orElse(List.of());
      case RevocationTarget.Subject subject -> resumption.handedOutOf(subject.id());
      case RevocationTarget.Machine machine -> resumption.handedTo(machine.name());
      case RevocationTarget.Resumption server -> resumption.handedOutOf(server.server());
      // Whoever holds a certificate of it loses its sessions by the authority entry itself.
      case RevocationTarget.Authority _ -> List.of();
    };
  }

  /** {@return what machines hold for their processes that is void with it} */
  List<LiveGrant> grants(RevocationTarget target) {
    return switch (target) {
      case RevocationTarget.Certificate certificate ->
          grants.find(certificate.id()).stream().toList();
      case RevocationTarget.Subject subject -> grants.ofIdentity(subject.id());
      case RevocationTarget.Machine machine -> grants.onMachine(machine.name());
      case RevocationTarget.Authority _, RevocationTarget.Resumption _ -> List.of();
    };
  }

  /** Marks the certificates themselves, for lists that name each. */
  void mark(RevocationTarget target, Instant before, ReasonCode code, Instant revokedAt) {
    RevokedThings things = things(target, before);
    if (!things.equals(RevokedThings.NONE)) {
      var _ = certificates.mark(things, revokedAt, code.number());
    }
  }

  private static RevokedThings things(RevocationTarget target, Instant before) {
    return switch (target) {
      case RevocationTarget.Certificate certificate ->
          new RevokedThings(List.of(certificate.id().value()), List.of(), List.of(), List.of());
      case RevocationTarget.Subject subject ->
          new RevokedThings(
              List.of(),
              List.of(new IssuedTo(subject.id().toString(), before)),
              List.of(),
              List.of());
      case RevocationTarget.Machine machine ->
          new RevokedThings(
              List.of(),
              List.of(),
              List.of(new IssuedTo(machine.name().text(), before)),
              List.of());
      case RevocationTarget.Authority authority ->
          new RevokedThings(List.of(), List.of(), List.of(), List.of(authority.spkiSha256()));
      // Takes no certificate back.
      case RevocationTarget.Resumption _ -> RevokedThings.NONE;
    };
  }

  /**
   * Marks what older entries hit and the record did not show yet when they were made: issued just
   * before T, or revoked by a replica of an earlier version.
   */
  @Transactional
  public void markLate() {
    for (RecordedRevocation revocation : store.unmarked()) {
      mark(
          revocation.target(),
          revocation.before().orElse(revocation.createdAt()),
          revocation.code(),
          revocation.createdAt());
      store.allMarked(revocation.id());
    }
  }
}
