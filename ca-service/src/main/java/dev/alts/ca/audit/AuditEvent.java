package dev.alts.ca.audit;

import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.List;

/**
 * One decision or act. Every component is written to the log as it is, so none may be key material,
 * a token or a ticket.
 */
public sealed interface AuditEvent {
  /** Decided and recorded; the signature follows (docs/issuance.md step 5). */
  record CertificateIssued(
      String serial,
      RevocationId revocationId,
      SpiffeId subject,
      String profile,
      String authority,
      String boundary,
      String machine,
      String authorizedBy,
      String requester,
      Instant issuedAt,
      Instant notAfter)
      implements AuditEvent {}

  /** A machine proved what it is. */
  record MachineAttested(String machine, String attestor, String boundary, String evidence)
      implements AuditEvent {}

  /** A machine's credentials had two users; both were turned away. */
  record MachineCopied(String machine, int lineage, String evidence) implements AuditEvent {}

  /** A machine or whoever posed as one was refused. */
  record AttestationRefused(String attestor, String reason) implements AuditEvent {}

  /** Somebody may enrol a machine with the token of this ID. */
  record JoinTokenCreated(String tokenId, String machine, String boundary, String createdBy)
      implements AuditEvent {}

  record JoinTokenRedeemed(String tokenId, String machine) implements AuditEvent {}

  /** The first token of this decision; those that follow are counted (module jwt). */
  record JwtSvidAllowed(
      SpiffeId subject,
      List<String> audiences,
      String machine,
      String rule,
      long ruleVersion,
      String keyId)
      implements AuditEvent {}

  /** A request of a machine for one of its processes was refused by the rules. */
  record IdentityRefused(String machine, long ruleVersion, String explanation)
      implements AuditEvent {}

  /**
   * A token of an OIDC issuer was used up for certificates.
   *
   * @param facts what it says of its holder
   */
  record TokenExchanged(
      String issuer, String facts, SpiffeId subject, String rule, long ruleVersion)
      implements AuditEvent {}

  /** A token that an issuer of ours had signed was refused, or gave nothing. */
  record TokenRefused(String issuer, String facts, String reason) implements AuditEvent {}

  record RulesChanged(long version, List<String> rules, String reason, String changedBy)
      implements AuditEvent {}

  record HumanEnrolmentCreated(String human, boolean admin, String createdBy)
      implements AuditEvent {}

  record HumanEnrolled(String human, boolean admin) implements AuditEvent {}

  /** Something done through the local operator socket. */
  record OperatorActed(String caller, String act) implements AuditEvent {}

  /** Any other act of an admin, named by its verb, for example {@code machine.rotate}. */
  record AdminActed(String admin, String act, String target, String reason) implements AuditEvent {}

  record AuthorityChanged(
      String authority, EntityKind kind, String slot, String state, String changedBy)
      implements AuditEvent {}

  record RootChanged(String fingerprint, String state, String changedBy) implements AuditEvent {}

  record TrustDocumentSigned(long sequence, Instant nextUpdate, List<String> authorities)
      implements AuditEvent {}

  /**
   * Something was taken back.
   *
   * @param code why, as RFC 5280 names it
   * @param reason why, in words
   */
  record CertificateRevoked(String what, String code, String reason, String revokedBy)
      implements AuditEvent {}

  /** What is trusted of a foreign trust domain changed, since it published something else. */
  record ForeignDomainChanged(String trustDomain, String sequence, List<String> authorities)
      implements AuditEvent {}

  /** A partition whose retention is over was dropped, or emptied. */
  record LedgerDropped(String partition, Instant until, long rows) implements AuditEvent {}
}
