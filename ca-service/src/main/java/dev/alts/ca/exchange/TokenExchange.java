package dev.alts.ca.exchange;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.exchange.ExchangeOutcome.Exchanged;
import dev.alts.ca.exchange.ExchangeOutcome.IdentityRefused;
import dev.alts.ca.exchange.ExchangeOutcome.TokenRefused;
import dev.alts.ca.exchange.ExchangeOutcome.Unavailable;
import dev.alts.ca.exchange.ExchangeRequest.ProvenKey;
import dev.alts.ca.exchange.TokenVerifier.Verdict;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.RequestedKey;
import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Exchanges a token of an OIDC issuer for certificates of a workload that has no machine: the steps
 * in order, cheap ones first, all here. Thread-safe.
 */
@Service
public class TokenExchange {
  /**
   * There is no agent that would hear of changes, so nothing lives longer, whatever a rule says.
   */
  public static final Duration LONGEST = Duration.ofHours(1);

  /** Strangers call this: so many at once and no more, on this replica. */
  private static final int AT_ONCE = 64;

  /** Of these so many use the database, which others need too. */
  private static final int DECIDED_AT_ONCE = 6;

  private static final int PATIENCE_SECONDS = 10;

  private static final int MOST_CERTIFICATES_A_MINUTE = 1200;

  private final TokenVerifier tokens;
  private final UsedTokens used;
  private final ExchangeGrants grants;
  private final Deciding deciding;
  private final IssuanceService issuance;
  private final AuditLog audit;
  private final TransactionTemplate transactions;
  private final InstantSource clock;
  private final Semaphore running = new Semaphore(AT_ONCE);
  private final Semaphore decisions = new Semaphore(DECIDED_AT_ONCE);

  /** Who says what a good token gives. */
  record Deciding(CaSettings settings, IdentityRules rules, RevocationService revocations) {}

  TokenExchange(
      TokenVerifier tokens,
      UsedTokens used,
      ExchangeGrants grants,
      Deciding deciding,
      IssuanceService issuance,
      AuditLog audit,
      TransactionTemplate transactions,
      InstantSource clock) {
    this.tokens = tokens;
    this.used = used;
    this.grants = grants;
    this.deciding = deciding;
    this.issuance = issuance;
    this.audit = audit;
    this.transactions = transactions;
    this.clock = clock;
  }

  public ExchangeOutcome exchange(ExchangeRequest request) {
    if (!running.tryAcquire()) {
      return new Unavailable("too many exchanges at once");
    }
    try {
      return checked(request);
    } finally {
      running.release();
    }
  }

  private ExchangeOutcome checked(ExchangeRequest request) {
    // 1. The keys and the proof that the caller has both, bound to this token.
    Optional<String> wrong = whatIsWrong(request);
    if (wrong.isPresent()) {
      return new ExchangeOutcome.BadRequest(wrong.get());
    }
    // 2. The token: TokenVerifier has the steps of that.
    return switch (tokens.verify(request.token(), clock.instant())) {
      case Verdict.Bad bad -> {
        // Only what a trusted issuer signed is worth a line in the audit log.
        if (!bad.issuer().isEmpty()) {
          audit.append(new AuditEvent.TokenRefused(bad.issuer(), "", bad.why()));
        }
        yield new TokenRefused(bad.why());
      }
      case Verdict.Unavailable unavailable -> new Unavailable(unavailable.why());
      case Verdict.Good good -> inTurn(request, good.token());
    };
  }

  private ExchangeOutcome inTurn(ExchangeRequest request, VerifiedToken token) {
    try {
      if (!decisions.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return new Unavailable("too many exchanges at once");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unavailable("the CA is stopping");
    }
    try {
      return decide(request, token);
    } finally {
      decisions.release();
    }
  }

  private static Optional<String> whatIsWrong(ExchangeRequest request) {
    ProvenKey master = request.master();
    ProvenKey tls = request.tls();
    if (master.spki().equals(tls.spki())) {
      return Optional.of("master and tls are the same key; each needs its own");
    }
    try {
      RequestedKey.require(master.spki());
      RequestedKey.require(tls.spki());
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    Bytes message = KeyProof.message(request.token(), master.spki(), tls.spki());
    return KeyProof.holds(master.spki(), message, master.signature())
            && KeyProof.holds(tls.spki(), message, tls.signature())
        ? Optional.empty()
        : Optional.of("a proof of possession does not verify with its key");
  }

  private ExchangeOutcome decide(ExchangeRequest request, VerifiedToken token) {
    // 3. The rules in force, asked about nothing but what the token says.
    PolicyDecision decision =
        deciding
            .rules()
            .inForce()
            .decideForToken(
                deciding.settings().trustDomain(), FactBindings.of(token.sortedFacts()));
    return switch (decision) {
      case PolicyDecision.Refused refused -> refused(token, refused.explanation());
      case PolicyDecision.Granted granted -> choose(request, token, granted);
    };
  }

  private ExchangeOutcome choose(
      ExchangeRequest request, VerifiedToken token, PolicyDecision.Granted granted) {
    List<String> names =
        granted.identities().stream().map(identity -> identity.spiffeId().toString()).toList();
    Optional<GrantedIdentity> chosen =
        granted.identities().stream()
            .filter(identity ->
                request.spiffeId().isEmpty()
                    || identity.spiffeId().toString().equals(request.spiffeId()))
            .findFirst();
    if (chosen.isEmpty()) {
      return refused(token, "not among what this token gives: " + names);
    }
    GrantedIdentity identity = chosen.get();
    // 4. Bans, and how much an issuer may cause.
    Optional<String> ban = deciding.revocations().banReason(identity.spiffeId());
    if (ban.isPresent()) {
      return refused(token, "%s is banned: %s".formatted(identity.spiffeId(), ban.get()));
    }
    if (grants.inTheLastMinute(token.issuer()) >= MOST_CERTIFICATES_A_MINUTE) {
      return new Unavailable("issuer %s: too many certificates a minute".formatted(token.issuer()));
    }
    // 5. The token is used up, with its audit event, or not at all.
    String refusal = useUp(request, token, granted, identity);
    if (refusal != null) {
      return new TokenRefused(refusal);
    }
    // 6. Both certificates. Asked again in the same way they are the same ones.
    return issue(request, token, granted, identity, names);
  }

  private @Nullable String useUp(
      ExchangeRequest request,
      VerifiedToken token,
      PolicyDecision.Granted granted,
      GrantedIdentity identity) {
    Bytes digest = digest(request);
    return transactions.execute(status ->
        switch (used.use(token, digest)) {
          case FIRST -> {
            audit.append(
                new AuditEvent.TokenExchanged(
                    token.issuer(),
                    token.facts().toString(),
                    identity.spiffeId(),
                    identity.rule(),
                    granted.ruleVersion()));
            yield null;
          }
          case SAME_REQUEST -> null;
          case ANOTHER_REQUEST -> {
            audit.append(
                new AuditEvent.TokenRefused(
                    token.issuer(), token.facts().toString(), "it was used before"));
            yield "it was used before (each token works once; get a new one)";
          }
        });
  }

  private ExchangeOutcome issue(
      ExchangeRequest request,
      VerifiedToken token,
      PolicyDecision.Granted granted,
      GrantedIdentity identity,
      List<String> names) {
    ExchangeGrants.Granted attachment =
        new ExchangeGrants.Granted(
            token.issuer(), identity.rule(), granted.ruleVersion(), token.facts());
    List<IssuanceOutcome> outcomes =
        issuance.issue(
            List.of(
                request(
                    CertificateProfile.WORKLOAD_MASTER,
                    request.master(),
                    token,
                    identity,
                    attachment),
                request(
                    CertificateProfile.WORKLOAD_HANDED_OUT,
                    request.tls(),
                    token,
                    identity,
                    attachment)));
    if (outcomes.get(0) instanceof IssuanceOutcome.Issued master
        && outcomes.get(1) instanceof IssuanceOutcome.Issued tls) {
      return new Exchanged(
          master.certificate(), tls.certificate(), identity.rule(), granted.ruleVersion(), names);
    }
    return new Unavailable("the certificates could not be issued");
  }

  private CertificateRequest request(
      CertificateProfile profile,
      ProvenKey key,
      VerifiedToken token,
      GrantedIdentity identity,
      ExchangeGrants.Granted attachment) {
    Duration limit = min(LONGEST, deciding.settings().lifetimes().workloadLimit());
    return new CertificateRequest(
        idempotencyKey(token, key),
        new IssuanceAuthorization.TokenExchange(
            identity.spiffeId(), token.issuer(), identity.rule(), attachment.ruleVersion()),
        profile,
        key.spki(),
        min(identity.ttl(), limit),
        attachment);
  }

  private static IdempotencyKey idempotencyKey(VerifiedToken token, ProvenKey key) {
    byte[] digest = Sha256.of(concatenated(token.id(), Sha256.of(key.spki()))).toByteArray();
    return new IdempotencyKey(Bytes.copyOf(Arrays.copyOf(digest, IdempotencyKey.LENGTH)));
  }

  private static Bytes digest(ExchangeRequest request) {
    return Sha256.of(
        concatenated(Sha256.of(request.master().spki()), Sha256.of(request.tls().spki())));
  }

  private static Bytes concatenated(Bytes one, Bytes other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one.toByteArray());
    both.writeBytes(other.toByteArray());
    return Bytes.adopt(both.toByteArray());
  }

  private ExchangeOutcome refused(VerifiedToken token, String explanation) {
    audit.append(
        new AuditEvent.TokenRefused(token.issuer(), token.facts().toString(), explanation));
    return new IdentityRefused(explanation);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
