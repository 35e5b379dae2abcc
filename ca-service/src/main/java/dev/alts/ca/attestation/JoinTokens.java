package dev.alts.ca.attestation;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.BootstrapToken;
import dev.alts.identity.document.RootFingerprint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Tokens with which machines join. Each works once, for ten minutes by the database's clock,
 * whatever the number of replicas and however many try at the same moment. Thread-safe.
 */
public class JoinTokens {
  public static final Duration LIFETIME = Duration.ofMinutes(10);

  /** Keeps a hash of a secret from being taken for another kind of hash of it. */
  private static final byte[] HASH_LABEL = "ALTS/1 join token".getBytes(StandardCharsets.US_ASCII);

  private static final int SECRET_BYTES = 32;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final AuditLog audit;
  private final Supplier<RootFingerprint> root;
  private final SecureRandom random;

  public JoinTokens(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      AuditLog audit,
      Supplier<RootFingerprint> root,
      SecureRandom random) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.audit = audit;
    this.root = root;
    this.random = random;
  }

  /**
   * Makes a token.
   *
   * @param machine the name that the machine will have; empty: the CA chooses one
   * @param createdBy who answers for the machine
   */
  public CreatedJoinToken create(
      Optional<MachineName> machine, MachineProperties properties, String createdBy) {
    MachineName name = machine.orElseGet(() -> MachineName.random(random));
    BootstrapToken token = BootstrapToken.mint(random, root.get());
    Instant expiresAt =
        transactions.execute(status -> {
          Row row = insert(hashOf(token), name, properties, createdBy);
          audit.append(
              new AuditEvent.JoinTokenCreated(
                  row.id().toString(), name.text(), properties.boundary(), createdBy));
          return row.expiresAt();
        });
    return new CreatedJoinToken(token, name, expiresAt);
  }

  private record Row(UUID id, Instant expiresAt) {}

  private Row insert(
      byte[] hash, MachineName name, MachineProperties properties, String createdBy) {
    Row row =
        jdbc.sql(
                """
                INSERT INTO join_token (secret_sha256, machine, boundary, created_by, expires_at)
                VALUES (:hash, :machine, :boundary, :by, clock_timestamp() + make_interval(secs => :life))
                RETURNING id, expires_at\
                """)
            .param("hash", hash)
            .param("machine", name.text())
            .param("boundary", properties.boundary())
            .param("by", createdBy)
            .param("life", LIFETIME.toSeconds())
            .query((found, number) ->
                new Row(
                    found.getObject("id", UUID.class),
                    found.getTimestamp("expires_at").toInstant()))
            .single();
    properties
        .labels()
        .forEach((key, value) ->
            jdbc.sql(
                    "INSERT INTO join_token_label (token_id, key, value) VALUES (:id, :key, :value)")
                .param("id", row.id())
                .param("key", key)
                .param("value", value)
                .update());
    return row;
  }

  /**
   * {@return the machine that this secret stands for, if nobody redeemed it before}
   *
   * <p>Finding and using it up is one statement: of any number of callers the database lets exactly
   * one change the row from unused to used (abuse case 1).
   */
  Optional<AttestedMachine> redeem(Bytes secret) {
    if (secret.length() != SECRET_BYTES) {
      return Optional.empty();
    }
    byte[] hash = hashOf(secret.toByteArray());
    return transactions.execute(status -> {
      Optional<Redeemed> redeemed =
          jdbc.sql(
                  """
                  UPDATE join_token SET used_at = clock_timestamp()
                  WHERE secret_sha256 = :hash AND used_at IS NULL AND expires_at > clock_timestamp()
                  RETURNING id, machine, boundary\
                  """)
              .param("hash", hash)
              .query(JoinTokens::redeemed)
              .optional();
      return redeemed.map(this::attested);
    });
  }

  private record Redeemed(UUID id, String machine, String boundary) {}

  private static Redeemed redeemed(ResultSet row, int number) throws SQLException {
    return new Redeemed(
        row.getObject("id", UUID.class), row.getString("machine"), row.getString("boundary"));
  }

  private AttestedMachine attested(Redeemed redeemed) {
    Map<String, String> labels = new HashMap<>();
    jdbc.sql("SELECT key, value FROM join_token_label WHERE token_id = :id")
        .param("id", redeemed.id())
        .query((row, number) -> labels.put(row.getString("key"), row.getString("value")))
        .list();
    audit.append(new AuditEvent.JoinTokenRedeemed(redeemed.id().toString(), redeemed.machine()));
    return new AttestedMachine(
        new MachineName(redeemed.machine()),
        new MachineProperties(redeemed.boundary(), labels),
        JoinTokenAttestor.NAME,
        redeemed.id().toString());
  }

  private static byte[] hashOf(BootstrapToken token) {
    byte[] secret = token.secret().exposeCopy();
    byte[] hash = hashOf(secret);
    Arrays.fill(secret, (byte) 0);
    return hash;
  }

  private static byte[] hashOf(byte[] secret) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(HASH_LABEL);
      digest.update((byte) 0);
      return digest.digest(secret);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
