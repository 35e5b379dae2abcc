package dev.alts.ca.jwt;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.JwtAuthority;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.identity.Bytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Signs JWT-SVIDs that were allowed (SPIFFE JWT-SVID). Thread-safe.
 *
 * <p>As with certificates nothing is signed that is not recorded first; but tokens are many and
 * live for minutes, so what is recorded is the decision, once, and how many tokens it led to.
 */
@Service
public class JwtSvids {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final JwtAuthorities authorities;
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final AuditLog audit;
  private final DatabaseClock clock;
  private final ReplicaLease lease;
  private final JwtIssuer issuer;

  JwtSvids(
      JwtAuthorities authorities,
      JdbcClient jdbc,
      TransactionTemplate transactions,
      AuditLog audit,
      DatabaseClock clock,
      ReplicaLease lease,
      JwtIssuer issuer) {
    this.authorities = authorities;
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.audit = audit;
    this.clock = clock;
    this.lease = lease;
    this.issuer = issuer;
  }

  /**
   * {@return the token, after it was counted}
   *
   * @param mayBeNew asked if nothing like it was allowed before, which is recorded for good
   * @throws TooManyDecisionsException if {@code mayBeNew} says no; nothing is recorded then
   */
  public JwtSvid sign(JwtSvidRequest request, BooleanSupplier mayBeNew) {
    long epoch = lease.epoch();
    Instant issuedAt = clock.now().truncatedTo(ChronoUnit.SECONDS);
    JwtAuthority authority = authorities.current();
    if (!count(request, authority, issuedAt, mayBeNew)) {
      authorities.refresh();
      authority = authorities.current();
      if (!count(request, authority, issuedAt, mayBeNew)) {
        throw new IllegalStateException("the JWT authorities change while a token is signed");
      }
    }
    // A replica that slept through the end of its lease does not know who was banned meanwhile.
    lease.requireAllowed(epoch);
    Instant expiresAt = expiry(request, authority, issuedAt);
    String content = part(header(authority)) + "." + part(claims(request, issuedAt, expiresAt));
    Bytes signature = authority.sign(Bytes.copyOf(content.getBytes(StandardCharsets.US_ASCII)));
    lease.requireAllowed(epoch);
    return new JwtSvid(
        content + "." + BASE64.encodeToString(signature.toByteArray()), issuedAt, expiresAt);
  }

  /** Forgets counts that are of no use to anybody any more. */
  public void forgetOld() {
    jdbc.sql("DELETE FROM jwt_svid_count WHERE last_at < clock_timestamp() - interval '90 days'")
        .update();
  }

  /** {@return false if {@code authority} does not sign any more: nothing was counted then} */
  private boolean count(
      JwtSvidRequest request, JwtAuthority authority, Instant issuedAt, BooleanSupplier mayBeNew) {
    return Boolean.TRUE.equals(
        transactions.execute(status -> {
          // The audit log asks too, but only the first token of a decision is an event.
          lease.requireHeld();
          if (!authorities.stillSigns(authority)) {
            return false;
          }
          Instant expiresAt = expiry(request, authority, issuedAt);
          if (addOne(request, expiresAt) == 1) {
            if (!mayBeNew.getAsBoolean()) {
              throw new TooManyDecisionsException();
            }
            audit.append(
                new AuditEvent.JwtSvidAllowed(
                    request.subject(),
                    request.audiences(),
                    request.machine(),
                    request.rule(),
                    request.ruleVersion(),
                    authority.keyId()));
          }
          return true;
        }));
  }

  /** {@return how many tokens this decision has led to, this one included} */
  private long addOne(JwtSvidRequest request, Instant expiresAt) {
    return jdbc.sql(
            """
            INSERT INTO jwt_svid_count AS c
                (machine, spiffe_id, audiences, rule, rule_version, tokens, latest_expiry)
            VALUES (:machine, :id, :audiences, :rule, :version, 1, :expiry)
            ON CONFLICT (machine, spiffe_id, audiences, rule, rule_version)
            DO UPDATE SET tokens = c.tokens + 1, last_at = clock_timestamp(),
                latest_expiry = greatest(c.latest_expiry, EXCLUDED.latest_expiry)
            RETURNING tokens\
            """)
        .param("machine", request.machine())
        .param("id", request.subject().toString())
        .param("audiences", request.audiences().stream().sorted().toArray(String[]::new))
        .param("rule", request.rule())
        .param("version", request.ruleVersion())
        .param("expiry", expiresAt.atOffset(ZoneOffset.UTC))
        .query(Long.class)
        .single();
  }

  private static Instant expiry(JwtSvidRequest request, JwtAuthority authority, Instant issuedAt) {
    Instant wanted = issuedAt.plus(request.ttl());
    return wanted.isAfter(authority.notAfter()) ? authority.notAfter() : wanted;
  }

  private static Map<String, Object> header(JwtAuthority authority) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("alg", "ES256");
    header.put("kid", authority.keyId());
    header.put("typ", "JWT");
    return header;
  }

  private Map<String, Object> claims(JwtSvidRequest request, Instant issuedAt, Instant expiresAt) {
    Map<String, Object> claims = new LinkedHashMap<>();
    issuer.url().ifPresent(url -> claims.put("iss", url.toString()));
    claims.put("sub", request.subject().toString());
    claims.put("aud", request.audiences());
    claims.put("iat", issuedAt.getEpochSecond());
    claims.put("exp", expiresAt.getEpochSecond());
    return claims;
  }

  private static String part(Map<String, Object> json) {
    return BASE64.encodeToString(JSON.writeValueAsBytes(json));
  }
}
