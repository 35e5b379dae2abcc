package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.x509.AuthorityCertificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** The keys that a trust domain begins with: root, one authority for each kind, document keys. */
final class Foundation {
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final SigningKeys keys;
  private final AuthorityRows authorities;
  private final AuthorityCertificates certificates;
  private final DatabaseClock clock;
  private final AuditLog audit;

  Foundation(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      SigningKeys keys,
      AuthorityCertificates certificates,
      DatabaseClock clock,
      AuditLog audit) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.keys = keys;
    this.authorities = new AuthorityRows(jdbc);
    this.certificates = certificates;
    this.clock = clock;
    this.audit = audit;
  }

  /** Lays it if there is none; all of it or nothing, by one replica. */
  void layIfAbsent(CaSettings settings) {
    transaction.executeWithoutResult(status -> {
      jdbc.execute("lock table trust_domain in exclusive mode");
      List<String> names =
          jdbc.query("select name from trust_domain", (row, number) -> row.getString("name"));
      if (names.isEmpty()) {
        lay(settings);
        return;
      }
      String name = names.getFirst();
      if (!name.equals(settings.trustDomain().name())) {
        throw new StartRefusedException(
            "This database belongs to the trust domain %s, alts.ca.trust-domain is %s."
                .formatted(name, settings.trustDomain()),
            "A trust domain cannot be renamed: set alts.ca.trust-domain back, or start with an"
                + " empty database.");
      }
    });
  }

  private void lay(CaSettings settings) {
    jdbc.update("insert into trust_domain (name) values (?)", settings.trustDomain().name());
    SigningKey root = keys.create(KeyPurpose.ROOT);
    new RootRows(jdbc).insert(root.spki(), root.id(), RootState.ACTIVE);
    keys.create(KeyPurpose.REVOCATION);
    keys.create(KeyPurpose.NAMING);
    keys.create(KeyPurpose.AUDIT);
    for (EntityKind kind : EntityKind.values()) {
      addAuthority(settings, kind, AuthoritySlot.CURRENT, AuthorityLife.ACTIVE, "first start");
    }
  }

  /** Adds an issuing authority; the caller is in a transaction. */
  UUID addAuthority(
      CaSettings settings,
      EntityKind kind,
      @Nullable AuthoritySlot slot,
      AuthorityLife life,
      String changedBy) {
    SigningKey key = keys.create(KeyPurpose.AUTHORITY);
    Instant now = clock.now().truncatedTo(ChronoUnit.SECONDS);
    AuthorityCertificate certificate =
        certificates.selfSigned(
            settings.trustDomain(), kind, key, now, settings.lifetimes().authority());
    authorities.insert(
        new AuthorityRow(key.id(), key.id(), kind, slot, life, certificate, constraintOf(kind)));
    audit.append(
        new AuditEvent.AuthorityChanged(
            key.id().toString(), kind, slot == null ? "" : slot.name(), life.name(), changedBy));
    return key.id();
  }

  /**
   * Machines and humans live under prefixes of their own; everything else is a workload's, which no
   * list of prefixes can say, so there the kind alone constrains.
   */
  private static AuthorityConstraint constraintOf(EntityKind kind) {
    List<String> prefixes =
        switch (kind) {
          case MACHINE -> List.of("/machine", "/ca");
          case HUMAN -> List.of("/human");
          case WORKLOAD -> List.of();
        };
    return new AuthorityConstraint(Set.of(kind), prefixes, List.of());
  }
}
