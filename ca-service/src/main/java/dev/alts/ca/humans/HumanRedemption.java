package dev.alts.ca.humans;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.humans.HumanRegistry.ClaimedCode;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.issuance.RequestedKey;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Turns a code into the two certificates of a human: a master for handshake certificates and one
 * for TLS, each with its own key.
 *
 * <p>A code that was claimed is used up whatever happens then: a code that can come back to life
 * could be redeemed twice.
 */
@Service
public class HumanRedemption {
  private static final Logger log = LoggerFactory.getLogger(HumanRedemption.class);

  private static final String CODE = "enrolment code";
  private static final String RENEWAL = "renewal";

  private final HumanRegistry humans;
  private final IssuanceService issuance;
  private final AuditLog audit;
  private final TransactionOperations transactions;
  private final TrustDomain trustDomain;
  private final DatabaseClock clock;
  private final SecureRandom random;

  HumanRedemption(
      HumanRegistry humans,
      IssuanceService issuance,
      AuditLog audit,
      TransactionOperations transactions,
      CaSettings settings,
      DatabaseClock clock,
      SecureRandom random) {
    this.humans = humans;
    this.issuance = issuance;
    this.audit = audit;
    this.transactions = transactions;
    this.trustDomain = settings.trustDomain();
    this.clock = clock;
    this.random = random;
  }

  /** Redeems the code with this secret; both keys are SubjectPublicKeyInfo, unchecked. */
  public Redemption redeem(SecretBytes secret, Bytes masterSpki, Bytes tlsSpki) {
    // 1. the keys, before the code: an answer about them tells nothing about a code
    Optional<String> wrong = whatIsWrong(masterSpki, tlsSpki);
    if (wrong.isPresent()) {
      return new Redemption.BadKeys(wrong.get());
    }
    // 2. use the code up, with its audit event, or not at all
    Optional<ClaimedCode> claimed = claim(HumanEnrolment.hash(secret));
    if (claimed.isEmpty()) {
      log.info("enrolment code refused");
      return new Redemption.CodeNotAccepted();
    }
    ClaimedCode code = claimed.get();
    // 3. both certificates
    SpiffeId id = code.human().spiffeId(trustDomain);
    List<IssuanceOutcome> outcomes =
        issuance.issue(
            List.of(
                request(id, CertificateProfile.HUMAN_MASTER, masterSpki, CODE, null),
                request(id, CertificateProfile.HUMAN_TLS, tlsSpki, CODE, null)));
    // 4. only now the human is what the code says, so that a failure leaves no admin without keys
    if (outcomes.get(0) instanceof IssuanceOutcome.Issued(IssuedCertificate master)
        && outcomes.get(1) instanceof IssuanceOutcome.Issued(IssuedCertificate tls)
        && humans.confirm(code)) {
      log.info("human enrolled name={} admin={}", code.human(), code.purpose().makesAdmin());
      return new Redemption.Enrolled(
          id, master.der(), tls.der(), earlier(master.notAfter(), tls.notAfter()));
    }
    log.warn("human not enrolled name={} outcomes={}", code.human(), outcomes);
    return new Redemption.NotIssued();
  }

  /**
   * New certificates for a human who is logged in, because the authority of the present ones is on
   * its way out. The login does not last longer by it.
   *
   * @param until end of the present login
   */
  public Redemption renew(HumanName human, Instant until, Bytes masterSpki, Bytes tlsSpki) {
    Optional<String> wrong = whatIsWrong(masterSpki, tlsSpki);
    if (wrong.isPresent()) {
      return new Redemption.BadKeys(wrong.get());
    }
    SpiffeId id = human.spiffeId(trustDomain);
    Duration left = Duration.between(clock.now(), until).truncatedTo(ChronoUnit.SECONDS);
    if (!left.isPositive()) {
      return new Redemption.NotIssued();
    }
    List<IssuanceOutcome> outcomes =
        issuance.issue(
            List.of(
                request(id, CertificateProfile.HUMAN_MASTER, masterSpki, RENEWAL, left),
                request(id, CertificateProfile.HUMAN_TLS, tlsSpki, RENEWAL, left)));
    if (outcomes.get(0) instanceof IssuanceOutcome.Issued(IssuedCertificate master)
        && outcomes.get(1) instanceof IssuanceOutcome.Issued(IssuedCertificate tls)) {
      return new Redemption.Enrolled(
          id, master.der(), tls.der(), earlier(master.notAfter(), tls.notAfter()));
    }
    log.warn("human not renewed name={} outcomes={}", human, outcomes);
    return new Redemption.NotIssued();
  }

  private Optional<ClaimedCode> claim(Bytes secretSha256) {
    Optional<ClaimedCode> claimed =
        transactions.execute(status -> {
          Optional<ClaimedCode> code = humans.claim(secretSha256);
          code.ifPresent(c ->
              audit.append(
                  new AuditEvent.HumanEnrolled(c.human().text(), c.purpose().makesAdmin())));
          return code;
        });
    return claimed == null ? Optional.empty() : claimed;
  }

  private CertificateRequest request(
      SpiffeId id,
      CertificateProfile profile,
      Bytes spki,
      String method,
      @Nullable Duration lifetime) {
    return new CertificateRequest(
        IdempotencyKey.random(random),
        new IssuanceAuthorization.HumanLogin(id, "", method),
        profile,
        spki,
        lifetime);
  }

  private static Optional<String> whatIsWrong(Bytes masterSpki, Bytes tlsSpki) {
    if (masterSpki.equals(tlsSpki)) {
      return Optional.of("masterSpki and tlsSpki are the same key; each needs its own");
    }
    try {
      RequestedKey.require(masterSpki);
      RequestedKey.require(tlsSpki);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("masterSpki and tlsSpki: each a P-256 SubjectPublicKeyInfo in DER");
    }
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
