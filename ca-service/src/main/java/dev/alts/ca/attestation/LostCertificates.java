package dev.alts.ca.attestation;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Machines' certificates that the CA issued after the backup from which its database was restored:
 * they are good, and no row knows them. A join token cannot be used again, so without this every
 * machine that renewed in between would need a person.
 *
 * <p>Taken in are only TLS certificates that the TLS layer verified, of a machine that the backup
 * knows, issued between backup and confirmation, and newer than all that the machine has (in one
 * second the higher revocation ID is). In a database that was never restored nothing is.
 */
@Service
public class LostCertificates {
  private static final Logger log = LoggerFactory.getLogger(LostCertificates.class);

  private final JdbcClient jdbc;
  private final AuditLog audit;
  private final TrustDocuments trust;

  LostCertificates(JdbcClient jdbc, AuditLog audit, TrustDocuments trust) {
    this.jdbc = jdbc;
    this.audit = audit;
    this.trust = trust;
  }

  /**
   * {@return whether {@code certificate} is one of those and is a known one from now on}
   *
   * @param certificate DER, verified by the TLS layer
   */
  @Transactional
  public boolean adopt(Bytes certificate) {
    Optional<SvidCertificate> parsed = parse(certificate);
    return parsed.isPresent() && adopt(parsed.get());
  }

  private boolean adopt(SvidCertificate certificate) {
    Optional<AltsAttributes> attributes = certificate.attributes();
    if (attributes.isEmpty()
        || attributes.get().kind() != EntityKind.MACHINE
        || attributes.get().mayDelegate()) {
      return false;
    }
    Optional<MachineName> name = nameOf(certificate.id());
    if (name.isEmpty() || !take(name.get(), certificate, attributes.get())) {
      return false;
    }
    log.info("certificate from after the backup taken in machine={}", name.get());
    audit.append(
        new AuditEvent.MachineAttested(
            name.get().text(),
            "restored",
            attributes.get().boundary(),
            "certificate " + certificate.x509().getSerialNumber().toString(16)));
    return true;
  }

  private boolean take(MachineName name, SvidCertificate certificate, AltsAttributes attributes) {
    return jdbc.sql(
                """
                WITH taken AS (
                  UPDATE machine m SET generation = m.generation + 1
                  FROM database_life life
                  WHERE m.name = :name AND m.boundary = :boundary AND life.generation > 0
                    AND :issued BETWEEN date_trunc('second', life.backup_taken_at)
                      AND life.confirmed_at
                    AND NOT EXISTS (SELECT FROM machine_certificate c WHERE c.sha256 = :sha256)
                    AND NOT EXISTS (
                      SELECT FROM machine_certificate c
                      WHERE c.machine = m.name AND c.lineage = m.lineage AND NOT c.may_delegate
                        AND (c.not_after, c.revocation_id) >= (:until, :revocation))
                  RETURNING m.name, m.lineage, m.generation, m.confirmed_generation)
                INSERT INTO machine_certificate
                    (sha256, machine, lineage, generation, parent_generation, may_delegate,
                     revocation_id, not_after)
                SELECT :sha256, name, lineage, generation, confirmed_generation, false, :revocation,
                    :until
                FROM taken
                ON CONFLICT (sha256) DO NOTHING\
                """)
            .param("name", name.text())
            .param("boundary", attributes.boundary())
            .param("issued", attributes.issuedAt().atOffset(ZoneOffset.UTC))
            .param("sha256", Sha256.of(certificate.der()).toByteArray())
            .param("revocation", attributes.revocationId().value())
            .param("until", certificate.notAfter().atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  private Optional<MachineName> nameOf(SpiffeId id) {
    return id.trustDomain().equals(trust.current().parsed().trustDomain())
        ? MachineName.ofSpiffeId(id)
        : Optional.empty();
  }

  private static Optional<SvidCertificate> parse(Bytes certificate) {
    try {
      return Optional.of(SvidCertificate.parse(certificate));
    } catch (InvalidCertificateException e) {
      log.debug("no SVID of a machine: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
