package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A query as conditions on the table {@code certificate c}. Only what is asked for becomes a
 * condition, so that the planner sees which index serves.
 */
final class CertificateConditions {
  private static final String REVOKED =
      """
      (c.revocation_id = any(:ids)
        or (c.spiffe_id = any(:subjects) and exists (
          select from unnest(:subjects, :subjectsBefore) as gone (name, before)
          where c.spiffe_id = gone.name and c.issued_at < gone.before))
        or (c.machine = any(:machines) and exists (
          select from unnest(:machines, :machinesBefore) as gone (name, before)
          where c.machine = gone.name and c.issued_at < gone.before))
        %s)
      """;

  /** Revoked authorities have left the ring of keys, so only the table knows their numbers. */
  private static final String BY_AUTHORITY =
      """
      or c.authority_id in (
          select a.authority_id from issuing_authority a join signing_key k using (key_id)
          where sha256(k.spki) = any(:authorities))
      """;

  /**
   * {@code offset 0} keeps the planner from joining all certificates with all others: each that is
   * asked about is looked up by its identity.
   */
  private static final String NEVER_RENEWED =
      """
      c.issued_at + (c.not_after - c.issued_at) / 2 < clock_timestamp() and not exists (
        select from certificate newer where newer.spiffe_id = c.spiffe_id
          and newer.machine = c.machine and newer.profile = c.profile
          and newer.issued_at > c.issued_at
        offset 0)
      """;

  private final List<String> conditions = new ArrayList<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final String revoked;

  CertificateConditions(CertificateQuery query) {
    this.revoked = revoked(query.inForce());
    identity(query.identity());
    equal("c.machine = :machine", "machine", query.machine());
    if (query.serial() != null) {
      equal("c.serial = :serial", "serial", new BigInteger(query.serial(), 16).toByteArray());
    }
    if (query.rule() != null) {
      equal(
          "c.authorized_by like :rule",
          "rule",
          literally("rule %s of version ".formatted(query.rule())));
    }
    time("c.issued_at >= :issuedFrom", "issuedFrom", query.issuedFrom());
    time("c.issued_at < :issuedBefore", "issuedBefore", query.issuedBefore());
    time("c.not_after < :expiresBefore", "expiresBefore", query.expiresBefore());
    if (query.revoked() != null) {
      conditions.add((query.revoked() ? "" : "not ") + revoked);
    }
    if (query.neverRenewed()) {
      conditions.add(NEVER_RENEWED);
    }
    if (!query.expired()) {
      conditions.add("c.not_after > clock_timestamp()");
    }
  }

  /** {@return the expression that says whether {@code c} is revoked} */
  String revoked() {
    return revoked;
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  String where() {
    return conditions.isEmpty() ? "true" : String.join(" and ", conditions);
  }

  void add(String condition, Map<String, Object> values) {
    conditions.add(condition);
    parameters.putAll(values);
  }

  /** What is outside of {@code scope} does not exist. */
  void within(LedgerScope scope) {
    ScopeCondition condition = new ScopeCondition(scope);
    add(condition.text(), condition.parameters());
  }

  private void identity(@Nullable String identity) {
    if (identity == null) {
      return;
    }
    if (identity.endsWith("/*")) {
      equal(
          "c.spiffe_id like :identity",
          "identity",
          literally(identity.substring(0, identity.length() - 1)));
    } else {
      equal("c.spiffe_id = :identity", "identity", identity);
    }
  }

  /** {@return a pattern for what begins with {@code prefix}; nothing in it is a wildcard} */
  static String literally(String prefix) {
    return prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
  }

  private void equal(String condition, String name, @Nullable Object value) {
    if (value != null) {
      conditions.add(condition);
      parameters.put(name, value);
    }
  }

  private void time(String condition, String name, @Nullable Instant value) {
    equal(condition, name, value == null ? null : Timestamp.from(value));
  }

  private String revoked(CertificateQuery.RevokedThings things) {
    if (things.equals(CertificateQuery.RevokedThings.NONE)) {
      return "false";
    }
    parameters.put("ids", things.revocationIds().toArray(Long[]::new));
    issuedTo("subjects", things.subjects());
    issuedTo("machines", things.machines());
    if (things.authorities().isEmpty()) {
      return REVOKED.formatted("");
    }
    parameters.put(
        "authorities",
        things.authorities().stream().map(Bytes::toByteArray).toArray(byte[][]::new));
    return REVOKED.formatted(BY_AUTHORITY);
  }

  private void issuedTo(String name, List<CertificateQuery.IssuedTo> things) {
    parameters.put(
        name, things.stream().map(CertificateQuery.IssuedTo::name).toArray(String[]::new));
    parameters.put(
        name + "Before",
        things.stream().map(thing -> Timestamp.from(thing.before())).toArray(Timestamp[]::new));
  }
}
