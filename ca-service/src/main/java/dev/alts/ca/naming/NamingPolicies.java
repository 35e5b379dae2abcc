package dev.alts.ca.naming;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.DocumentSigner;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.NamingEntry;
import dev.alts.identity.document.NamingMode;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The naming policy (handshake.md section 8): versions, signed and pushed. Thread-safe; a version
 * holds as a whole from the transaction on that stores it.
 */
@Service
public class NamingPolicies {
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final AuditLog audit;
  private final WatchLog watch;
  private final DocumentSigner signer;
  private final TrustDocuments trust;

  NamingPolicies(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      AuditLog audit,
      WatchLog watch,
      DocumentSigner signer,
      TrustDocuments trust) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.audit = audit;
    this.watch = watch;
    this.signer = signer;
    this.trust = trust;
  }

  /**
   * Puts these entries in force instead of all others.
   *
   * @param author who answers for them
   * @param reason why, in words
   */
  public NamingPolicyVersion apply(
      NamingMode mode, List<NamingEntry> entries, String author, String reason) {
    return transactions.execute(status -> {
      // One version after the other: a number is never signed twice with different content.
      jdbc.sql("LOCK TABLE naming_policy IN SHARE ROW EXCLUSIVE MODE").update();
      return append(mode, entries, author, reason);
    });
  }

  /**
   * The same in the place of one version.
   *
   * @return empty, and nothing has changed, if another version than {@code over} is in force
   */
  public Optional<NamingPolicyVersion> applyOver(
      long over, NamingMode mode, List<NamingEntry> entries, String author, String reason) {
    return Objects.requireNonNull(
        transactions.execute(status -> {
          jdbc.sql("LOCK TABLE naming_policy IN SHARE ROW EXCLUSIVE MODE").update();
          return current().filter(version -> version.policy().version() == over).isPresent()
              ? Optional.of(append(mode, entries, author, reason))
              : Optional.empty();
        }));
  }

  private NamingPolicyVersion append(
      NamingMode mode, List<NamingEntry> entries, String author, String reason) {
    NamingPolicy policy =
        new NamingPolicy(
            trust.current().parsed().trustDomain(), nextVersion(), now(), mode, entries);
    SignedDocument document =
        signer.sign(DocumentType.NAMING_POLICY, policy.toWire().toByteArray());
    jdbc.sql(
            """
            INSERT INTO naming_policy (version, document, author, reason)
            VALUES (:version, :document, :author, :reason)\
            """)
        .param("version", policy.version())
        .param("document", document.toByteArray())
        .param("author", author)
        .param("reason", reason)
        .update();
    audit.append(
        new AuditEvent.AdminActed(
            author, "naming.apply", "naming policy " + policy.version(), reason));
    watch.publish(
        WatchTopic.NAMING_POLICY, "", WatchResponse.newBuilder().setNamingPolicy(document).build());
    return new NamingPolicyVersion(policy, document, author, reason);
  }

  private long nextVersion() {
    return jdbc.sql(
            "SELECT greatest(coalesce(max(version), 0) + 1, sequence_floor()) FROM naming_policy")
        .query(Long.class)
        .single();
  }

  private Instant now() {
    return jdbc.sql("SELECT clock_timestamp()")
        .query((row, number) -> row.getTimestamp(1).toInstant())
        .single()
        .truncatedTo(ChronoUnit.SECONDS);
  }

  /** {@return the version in force, or empty before the first start is complete} */
  public Optional<NamingPolicyVersion> current() {
    return jdbc.sql(
            "SELECT document, author, reason FROM naming_policy ORDER BY version DESC LIMIT 1")
        .query((row, number) ->
            open(row.getBytes("document"), row.getString("author"), row.getString("reason")))
        .optional();
  }

  /**
   * {@return the version that was in force at that time}
   *
   * <p>Its signature is not checked: the key may be gone, and whoever can write into our table
   * could as well have signed. For explanations only.
   */
  public Optional<NamingPolicyVersion> inForceAt(Instant time) {
    return jdbc.sql(
            """
            SELECT document, author, reason FROM naming_policy WHERE created_at <= :time
            ORDER BY version DESC LIMIT 1\
            """)
        .param("time", Timestamp.from(time))
        .query((row, number) ->
            readUnverified(
                row.getBytes("document"), row.getString("author"), row.getString("reason")))
        .optional();
  }

  private static NamingPolicyVersion readUnverified(byte[] stored, String author, String reason) {
    try {
      SignedDocument document = SignedDocument.parseFrom(stored);
      return new NamingPolicyVersion(
          NamingPolicy.readUnverified(document), document, author, reason);
    } catch (InvalidProtocolBufferException | InvalidDocumentException e) {
      throw new IllegalStateException("stored naming policy is damaged", e);
    }
  }

  private NamingPolicyVersion open(byte[] stored, String author, String reason) {
    try {
      SignedDocument document = SignedDocument.parseFrom(stored);
      return new NamingPolicyVersion(
          NamingPolicy.open(document, trust.current().parsed()), document, author, reason);
    } catch (InvalidProtocolBufferException | InvalidDocumentException e) {
      throw new IllegalStateException("stored naming policy does not open", e);
    }
  }

  /**
   * Signs the policy in force again, as a new version, if another key signs policies now: the old
   * key may leave the trust document then.
   */
  public void signAgainIfKeyChanged() {
    if (isSignedByPresentKey()) {
      return;
    }
    transactions.executeWithoutResult(status -> {
      jdbc.sql("LOCK TABLE naming_policy IN SHARE ROW EXCLUSIVE MODE").update();
      Optional<NamingPolicyVersion> current = current();
      if (current.isPresent() && !isSignedByPresentKey()) {
        NamingPolicy policy = current.get().policy();
        append(policy.mode(), policy.entries(), "ca", "the naming key was replaced");
      }
    });
  }

  private boolean isSignedByPresentKey() {
    Bytes present = signer.keySpkiSha256(DocumentType.NAMING_POLICY);
    return current()
        .map(version ->
            Bytes.copyOf(version.document().getKeySpkiSha256().asReadOnlyByteBuffer())
                .equals(present))
        .orElse(true);
  }

  /**
   * Makes sure that there is a policy: the mode trust-domain without entries. In a restored
   * database the one in force gets a version that is new to everybody.
   */
  public void ensureFirst() {
    transactions.executeWithoutResult(status -> {
      jdbc.sql("LOCK TABLE naming_policy IN SHARE ROW EXCLUSIVE MODE").update();
      Optional<NamingPolicyVersion> current = current();
      if (current.isEmpty()) {
        append(NamingMode.TRUST_DOMAIN, List.of(), "ca", "first start");
      } else if (current.get().policy().version() < sequenceFloor()) {
        NamingPolicy policy = current.get().policy();
        append(policy.mode(), policy.entries(), "ca", "restored from a backup");
      }
    });
  }

  private long sequenceFloor() {
    return jdbc.sql("SELECT sequence_floor()").query(Long.class).single();
  }
}
