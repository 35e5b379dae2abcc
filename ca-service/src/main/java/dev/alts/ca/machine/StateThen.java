package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachinePast;
import dev.alts.ca.issuance.CertificateQuery;
import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import dev.alts.ca.issuance.Holding;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.ca.revocation.RevocationPast;
import dev.alts.ca.revocation.RevocationPast.TakenBack;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.wire.handshake.v1.RevocationEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What was so at a time beside the rules: bans, revocations, certificates that lived. */
@Component
class StateThen {
  private final MachinePast machines;
  private final RevocationPast revocations;
  private final IssuedCertificates certificates;

  StateThen(MachinePast machines, RevocationPast revocations, IssuedCertificates certificates) {
    this.machines = machines;
    this.revocations = revocations;
    this.certificates = certificates;
  }

  /** {@return whether the machine was kept out} */
  List<Circumstance> ofMachine(MachineName name, Instant at) {
    return machines
        .banAt(name, at)
        .map(ban ->
            new Circumstance(
                "machine",
                true,
                "machine %s is banned: %s".formatted(name, ban.reason()),
                ban.since()))
        .stream()
        .toList();
  }

  /** {@return whether the identity was kept out, and who held it} */
  List<Circumstance> ofIdentity(SpiffeId id, Instant at) {
    List<Circumstance> found = new ArrayList<>();
    revocations
        .banAt(id, at)
        .ifPresent(ban ->
            found.add(
                new Circumstance(
                    "identity",
                    true,
                    "%s is banned: %s".formatted(id, ban.reason()),
                    ban.since())));
    found.add(held(id, at));
    return found;
  }

  private Circumstance held(SpiffeId id, Instant at) {
    Holding holding = certificates.livedAt(id, "", at, 1);
    if (holding.certificates() == 0) {
      return new Circumstance(
          "identity", false, "no certificate of %s is live".formatted(id), null);
    }
    RecordedCertificate newest = holding.newest().getFirst();
    return new Circumstance(
        "identity",
        false,
        "certificates of %s that are live: %d on %d machines, the newest with serial %s"
            .formatted(id, holding.certificates(), holding.machines(), newest.serial()),
        newest.issuedAt());
  }

  /** {@return the certificate of the identity that was the newest live one at that time} */
  Optional<RecordedCertificate> newest(SpiffeId id, String machine, Instant at) {
    return certificates.livedAt(id, machine, at, 1).newest().stream().findFirst();
  }

  /** {@return whether the certificate was good for anything} */
  List<Circumstance> ofCertificate(RecordedCertificate certificate, Instant at) {
    List<Circumstance> found = new ArrayList<>();
    if (certificate.issuedAt().isAfter(at)) {
      found.add(ended("is not issued yet", certificate.issuedAt()));
    }
    if (!certificate.notAfter().isAfter(at)) {
      found.add(ended("has expired", certificate.notAfter()));
    }
    List<TakenBack> inForce = revocations.inForceAt(at);
    inForce.stream()
        .filter(taken -> names(taken.entry(), certificate))
        .findFirst()
        .or(() -> byAuthority(inForce, certificate))
        .ifPresent(taken ->
            found.add(
                ended(
                    "is revoked as %s, by %s: %s"
                        .formatted(what(taken.entry()), taken.author(), taken.reason()),
                    taken.since())));
    return found;
  }

  private static Circumstance ended(String how, Instant since) {
    return new Circumstance("certificate", true, "the certificate " + how, since);
  }

  private static boolean names(RevocationEntry entry, RecordedCertificate certificate) {
    long issued = certificate.issuedAt().getEpochSecond();
    return switch (entry.getEntryCase()) {
      case CERTIFICATE ->
          entry.getCertificate().getRevocationId() == certificate.revocationId().value();
      case SUBJECT ->
          entry.getSubject().getSpiffeId().equals(certificate.subject().toString())
              && issued < entry.getSubject().getIssuedBefore();
      case MACHINE ->
          entry.getMachine().getMachine().equals(certificate.machine())
              && issued < entry.getMachine().getIssuedBefore();
      case AUTHORITY, RESUMPTION, ENTRY_NOT_SET -> false;
    };
  }

  /** Which authority issued it only the ledger knows. */
  private Optional<TakenBack> byAuthority(
      List<TakenBack> inForce, RecordedCertificate certificate) {
    return inForce.stream()
        .filter(taken -> taken.entry().hasAuthority())
        .filter(taken -> issuedBy(taken.entry(), certificate))
        .findFirst();
  }

  private boolean issuedBy(RevocationEntry entry, RecordedCertificate certificate) {
    Bytes authority = Bytes.copyOf(entry.getAuthority().getSpkiSha256().asReadOnlyByteBuffer());
    RevokedThings things = new RevokedThings(List.of(), List.of(), List.of(), List.of(authority));
    return certificates
        .search(CertificateQuery.bySerial(certificate.serial(), things))
        .items()
        .stream()
        .anyMatch(RecordedCertificate::revoked);
  }

  private static String what(RevocationEntry entry) {
    return switch (entry.getEntryCase()) {
      case CERTIFICATE -> "a certificate";
      case SUBJECT -> "one of its identity";
      case MACHINE -> "one of its machine";
      case AUTHORITY -> "one of its authority";
      case RESUMPTION, ENTRY_NOT_SET -> "nothing";
    };
  }
}
