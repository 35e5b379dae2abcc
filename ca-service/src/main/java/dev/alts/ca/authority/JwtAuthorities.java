package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.database.DatabaseClock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The keys that sign JWT-SVIDs: CURRENT signs, NEXT is published before it signs, those before stay
 * published until their last token has expired. Each step is one transaction with its audit event.
 * Thread-safe; replicas take turns.
 */
public final class JwtAuthorities {
  private static final String SCHEDULE = "schedule";

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final SigningKeys keys;
  private final AuditLog audit;
  private final DatabaseClock clock;
  private final Duration life;
  private volatile List<JwtAuthority> members = List.of();

  /**
   * @param life of each; half of it passes before the next is made
   */
  JwtAuthorities(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      SigningKeys keys,
      AuditLog audit,
      DatabaseClock clock,
      Duration life) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.keys = keys;
    this.audit = audit;
    this.clock = clock;
    this.life = life;
    advance();
  }

  /** {@return the one that signs now} */
  public JwtAuthority current() {
    return members.stream()
        .filter(authority -> authority.slot().equals(Optional.of(AuthoritySlot.CURRENT)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no JWT authority signs"));
  }

  /** {@return those whose tokens are good, in the order in which they were made} */
  public List<JwtAuthority> published() {
    return members;
  }

  /** Reads what other replicas changed. */
  public void refresh() {
    members = read();
  }

  /**
   * {@return whether {@code authority} still signs} Asked in the transaction that counts a token,
   * so that none is signed by a key that was taken away meanwhile.
   */
  public boolean stillSigns(JwtAuthority authority) {
    return !jdbc.query(
            """
            select from jwt_authority where authority_id = ? and slot = 'CURRENT' for share
            """,
            (row, number) -> true,
            authority.id())
        .isEmpty();
  }

  /** Makes the next key and publishes it. */
  public void prepare(String changedBy) {
    step(now -> {
      if (in(AuthoritySlot.NEXT) != null) {
        throw new OutOfTurnException("the next JWT key is prepared already");
      }
      add(AuthoritySlot.NEXT, AuthorityLife.PREPARED, now, changedBy);
    });
  }

  /** Lets the prepared key sign; the one before stays published. */
  public void activate(String changedBy) {
    step(now -> activateNext(changedBy));
  }

  /** Ends all trust in tokens of this key, which must not be one that signs or will. */
  public void revoke(String keyId, String changedBy) {
    step(now -> {
      JwtAuthority authority =
          read().stream()
              .filter(candidate -> candidate.keyId().equals(keyId))
              .findFirst()
              .orElseThrow(
                  () -> new OutOfTurnException("no JWT key that is published has this ID"));
      if (authority.slot().isPresent()) {
        throw new OutOfTurnException("JWT key %s has not been replaced yet".formatted(keyId));
      }
      move(authority, null, AuthorityLife.REVOKED, changedBy);
    });
  }

  /** Makes the first; prepares, activates and withdraws when it is time. */
  public void advance() {
    step(now -> {
      JwtAuthority current = in(AuthoritySlot.CURRENT);
      if (current == null) {
        add(AuthoritySlot.CURRENT, AuthorityLife.ACTIVE, now, SCHEDULE);
        return;
      }
      Duration left = Duration.between(now, current.notAfter());
      boolean prepared = in(AuthoritySlot.NEXT) != null;
      if (!prepared && left.compareTo(life.dividedBy(2)) < 0) {
        add(AuthoritySlot.NEXT, AuthorityLife.PREPARED, now, SCHEDULE);
      } else if (prepared && left.compareTo(life.dividedBy(6)) < 0) {
        activateNext(SCHEDULE);
      }
      read().stream()
          .filter(authority -> authority.slot().isEmpty() && authority.notAfter().isBefore(now))
          .forEach(ended -> move(ended, null, AuthorityLife.REVOKED, SCHEDULE));
    });
  }

  private void step(Consumer<Instant> change) {
    transaction.executeWithoutResult(status -> {
      jdbc.execute("lock table jwt_authority in share row exclusive mode");
      change.accept(clock.now());
    });
    refresh();
  }

  private void activateNext(String changedBy) {
    JwtAuthority next = in(AuthoritySlot.NEXT);
    JwtAuthority current = in(AuthoritySlot.CURRENT);
    if (next == null || current == null) {
      throw new OutOfTurnException("no JWT key is prepared");
    }
    move(current, null, AuthorityLife.RETIRED, changedBy);
    move(next, AuthoritySlot.CURRENT, AuthorityLife.ACTIVE, changedBy);
  }

  private void add(AuthoritySlot slot, AuthorityLife state, Instant now, String changedBy) {
    SigningKey key = keys.create(KeyPurpose.JWT);
    jdbc.update(
        """
        insert into jwt_authority (authority_id, key_id, slot, state, not_after)
        values (?, ?, ?, ?, ?)
        """,
        key.id(),
        key.id(),
        slot.name(),
        state.name(),
        now.plus(life).atOffset(ZoneOffset.UTC));
    record(key.id(), state, changedBy);
  }

  private void move(
      JwtAuthority authority, @Nullable AuthoritySlot slot, AuthorityLife state, String changedBy) {
    jdbc.update(
        """
        update jwt_authority set slot = ?, state = ?, changed_at = clock_timestamp()
        where authority_id = ?
        """,
        slot == null ? null : slot.name(),
        state.name(),
        authority.id());
    record(authority.id(), state, changedBy);
  }

  private void record(UUID id, AuthorityLife state, String changedBy) {
    audit.append(
        new AuditEvent.AdminActed(changedBy, "jwt-authority", id.toString(), state.name()));
  }

  private @Nullable JwtAuthority in(AuthoritySlot slot) {
    return read().stream()
        .filter(authority -> authority.slot().equals(Optional.of(slot)))
        .findFirst()
        .orElse(null);
  }

  private List<JwtAuthority> read() {
    Map<UUID, SigningKey> byId =
        keys.active(KeyPurpose.JWT).stream()
            .collect(Collectors.toMap(SigningKey::id, Function.identity()));
    return jdbc.query(
        """
        select authority_id, key_id, slot, state, not_after from jwt_authority
        where state <> 'REVOKED' order by prepared_at, authority_id
        """,
        (row, number) -> {
          SigningKey key = byId.get(row.getObject("key_id", UUID.class));
          String slot = row.getString("slot");
          if (key == null) {
            throw new IllegalStateException("the key of a JWT authority is missing");
          }
          return new JwtAuthority(
              row.getObject("authority_id", UUID.class),
              slot == null ? null : AuthoritySlot.valueOf(slot),
              AuthorityLife.valueOf(row.getString("state")),
              row.getObject("not_after", OffsetDateTime.class).toInstant(),
              key);
        });
  }
}
