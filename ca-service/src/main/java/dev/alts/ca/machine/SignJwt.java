package dev.alts.ca.machine;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.JwtSvid;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.api.machine.v1.SignJwtSvidRequest;
import dev.alts.api.machine.v1.SignJwtSvidResponse;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.jwt.JwtSvidRequest;
import dev.alts.ca.jwt.JwtSvids;
import dev.alts.ca.jwt.TooManyDecisionsException;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.revocation.RevocationService;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** JWT-SVIDs for processes of a machine, by the same rules as their certificates. */
@Component
class SignJwt {
  private static final int PER_MINUTE = 600;

  /**
   * A machine chooses audiences as it likes, and each that was not there before, like each refusal,
   * stays in the audit log for as long as that is kept (abuse-41).
   */
  private static final int RECORDED_PER_MINUTE = 120;

  private final IssueDecisions decisions;
  private final RevocationService revocation;
  private final JwtSvids tokens;
  private final AuditLog audit;
  private final IssueQuota quota;
  private final IssueQuota recordings;

  SignJwt(
      IssueDecisions decisions,
      RevocationService revocation,
      JwtSvids tokens,
      AuditLog audit,
      InstantSource clock) {
    this.decisions = decisions;
    this.revocation = revocation;
    this.tokens = tokens;
    this.audit = audit;
    this.quota = new IssueQuota(PER_MINUTE, clock);
    this.recordings = new IssueQuota(RECORDED_PER_MINUTE, clock);
  }

  SignJwtSvidResponse sign(Authenticated machine, SignJwtSvidRequest request) {
    if (!quota.take(machine.name().text())) {
      return refused(Refusal.Reason.QUOTA, "more than %d tokens a minute".formatted(PER_MINUTE), 0);
    }
    try {
      PolicyDecision decision =
          decisions.judge(
              machine,
              IssueItem.newBuilder()
                  .addAllFacts(request.getFactsList())
                  .addAllUnavailable(request.getUnavailableList())
                  .setPodToken(request.getPodToken())
                  .build());
      SignJwtSvidResponse response =
          switch (decision) {
            case PolicyDecision.Refused refused ->
                refused(
                    Refusal.Reason.NO_RULE_MATCHES, refused.explanation(), refused.ruleVersion());
            case PolicyDecision.Granted granted -> sign(machine, request, granted);
          };
      return recorded(machine, response);
    } catch (TooManyDecisionsException e) {
      return tooMuchToRecord();
    } catch (IllegalArgumentException e) {
      return recorded(
          machine, refused(Refusal.Reason.BAD_REQUEST, String.valueOf(e.getMessage()), 0));
    }
  }

  private SignJwtSvidResponse sign(
      Authenticated machine, SignJwtSvidRequest request, PolicyDecision.Granted granted) {
    Optional<GrantedIdentity> chosen =
        granted.identities().stream()
            .filter(identity ->
                request.getSpiffeId().isEmpty()
                    || identity.spiffeId().toString().equals(request.getSpiffeId()))
            .findFirst();
    if (chosen.isEmpty()) {
      return refused(
          Refusal.Reason.IDENTITY_NOT_GRANTED,
          "not among what these facts give",
          granted.ruleVersion());
    }
    GrantedIdentity identity = chosen.get();
    Optional<String> ban = revocation.banReason(identity.spiffeId());
    if (ban.isPresent()) {
      return refused(
          Refusal.Reason.BANNED,
          "%s is banned: %s".formatted(identity.spiffeId(), ban.get()),
          granted.ruleVersion());
    }
    dev.alts.ca.jwt.JwtSvid signed =
        tokens.sign(
            new JwtSvidRequest(
                identity.spiffeId(),
                request.getAudiencesList(),
                ttl(request, identity),
                machine.name().text(),
                identity.rule(),
                granted.ruleVersion()),
            () -> recordings.take(machine.name().text()));
    return SignJwtSvidResponse.newBuilder()
        .setSvid(
            JwtSvid.newBuilder()
                .setToken(signed.exposeToken())
                .setSpiffeId(identity.spiffeId().toString())
                .setIssuedAt(signed.issuedAt().getEpochSecond())
                .setExpiresAt(signed.expiresAt().getEpochSecond())
                .setHint(identity.hint())
                .setRule(identity.rule())
                .setRuleVersion(granted.ruleVersion()))
        .build();
  }

  /**
   * A rule's limit holds for tokens as for certificates, and no token lives longer than an hour.
   */
  private static Duration ttl(SignJwtSvidRequest request, GrantedIdentity identity) {
    Duration wanted =
        request.getTtlSeconds() == 0
            ? JwtSvidRequest.USUAL
            : Duration.ofSeconds(Integer.toUnsignedLong(request.getTtlSeconds()));
    return Stream.of(wanted, identity.ttl(), JwtSvidRequest.LONGEST)
        .min(Duration::compareTo)
        .orElseThrow();
  }

  private SignJwtSvidResponse recorded(Authenticated machine, SignJwtSvidResponse response) {
    if (response.hasRefusal()) {
      if (!recordings.take(machine.name().text())) {
        return tooMuchToRecord();
      }
      audit.append(
          new AuditEvent.IdentityRefused(
              machine.name().text(),
              response.getRefusal().getRuleVersion(),
              response.getRefusal().getExplanation()));
    }
    return response;
  }

  private static SignJwtSvidResponse tooMuchToRecord() {
    return refused(
        Refusal.Reason.QUOTA,
        "more than %d new audiences and refusals a minute; ask again in a second"
            .formatted(RECORDED_PER_MINUTE),
        0);
  }

  private static SignJwtSvidResponse refused(
      Refusal.Reason reason, String explanation, long ruleVersion) {
    return SignJwtSvidResponse.newBuilder()
        .setRefusal(
            Refusal.newBuilder()
                .setReason(reason)
                .setExplanation(explanation)
                .setRuleVersion(ruleVersion))
        .build();
  }
}
