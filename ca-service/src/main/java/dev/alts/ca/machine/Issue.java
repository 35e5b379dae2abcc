package dev.alts.ca.machine;

import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.machine.IssueDecision.Answered;
import dev.alts.ca.machine.IssueDecision.ToIssue;
import dev.alts.ca.resumption.ResumptionKey;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.identity.Bytes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.springframework.stereotype.Component;

/** Certificates for processes of a machine: decide each, issue all together, answer in order. */
@Component
class Issue {
  static final int MAX_ITEMS = 100;
  private static final int PER_MINUTE = 600;

  private final IssueDecisions decisions;
  private final IssuanceService issuance;
  private final Grants grants;
  private final ResumptionKeys resumption;
  private final AuditLog audit;
  private final DatabaseClock databaseClock;
  private final IssueQuota quota;

  Issue(
      IssueDecisions decisions,
      IssuanceService issuance,
      Grants grants,
      ResumptionKeys resumption,
      AuditLog audit,
      DatabaseClock databaseClock,
      InstantSource clock) {
    this.decisions = decisions;
    this.issuance = issuance;
    this.grants = grants;
    this.resumption = resumption;
    this.audit = audit;
    this.databaseClock = databaseClock;
    this.quota = new IssueQuota(PER_MINUTE, clock);
  }

  IssueResponse issue(Authenticated machine, ChannelSecurity security, IssueRequest request) {
    if (request.getItemsCount() == 0 || request.getItemsCount() > MAX_ITEMS) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "items: %d (expected: 1 to %d)".formatted(request.getItemsCount(), MAX_ITEMS));
    }
    List<IssueDecision> decided = new ArrayList<>();
    for (IssueItem item : request.getItemsList()) {
      decided.add(
          quota.take(machine.name().text())
              ? decisions.decide(machine, item)
              : IssueDecisions.refused(
                  Refusal.Reason.QUOTA, "more than %d requests a minute".formatted(PER_MINUTE), 0));
    }
    List<ToIssue> toIssue =
        decided.stream().filter(ToIssue.class::isInstance).map(ToIssue.class::cast).toList();
    Iterator<IssuanceOutcome> issued =
        issuance.issue(toIssue.stream().map(ToIssue::request).toList()).iterator();
    IssueResponse.Builder response = IssueResponse.newBuilder();
    for (IssueDecision decision : decided) {
      response.addOutcomes(
          switch (decision) {
            case Answered answered -> record(machine, answered.outcome());
            case ToIssue wanted -> outcome(machine, security, wanted, issued.next());
          });
    }
    return response.setServerTime(databaseClock.now().getEpochSecond()).build();
  }

  private IssueOutcome record(Authenticated machine, IssueOutcome outcome) {
    if (outcome.hasRefusal() && outcome.getRefusal().getReason() != Refusal.Reason.QUOTA) {
      audit.append(
          new AuditEvent.IdentityRefused(
              machine.name().text(),
              outcome.getRefusal().getRuleVersion(),
              outcome.getRefusal().getExplanation()));
    }
    return outcome;
  }

  private IssueOutcome outcome(
      Authenticated machine, ChannelSecurity security, ToIssue wanted, IssuanceOutcome outcome) {
    return switch (outcome) {
      case IssuanceOutcome.Issued issued ->
          IssueOutcome.newBuilder()
              .setGrant(grant(machine, security, wanted, issued.certificate()))
              .build();
      case IssuanceOutcome.Refused refused ->
          record(
              machine,
              IssueDecisions.refusal(
                  reason(refused.reason()),
                  refused.explanation(),
                  wanted.decision().ruleVersion()));
      // The whole batch is asked for again, with the same keys: what was issued is given again.
      case IssuanceOutcome.Unavailable unavailable ->
          throw new ApiException(ApiException.Code.UNAVAILABLE, unavailable.explanation());
    };
  }

  private static Refusal.Reason reason(IssuanceOutcome.Reason reason) {
    return switch (reason) {
      case BAD_PUBLIC_KEY -> Refusal.Reason.BAD_PUBLIC_KEY;
      case NOT_AUTHORIZED, BAD_LIFETIME, IDEMPOTENCY_KEY_REUSED, LINT -> Refusal.Reason.BAD_REQUEST;
    };
  }

  private Grant grant(
      Authenticated machine,
      ChannelSecurity security,
      ToIssue wanted,
      IssuedCertificate certificate) {
    boolean resumes = certificate.profile().mayDelegate() && security.hybrid();
    grants.record(
        new LiveGrant(
            certificate.attributes().revocationId(),
            machine.name(),
            certificate.subject(),
            certificate.attributes().boundary(),
            wanted.chosen().rule(),
            wanted.decision().ruleVersion(),
            question(wanted.item()),
            resumes,
            certificate.attributes().issuedAt(),
            certificate.notAfter()));
    Grant.Builder grant =
        IssueDecisions.grant(wanted.decision())
            .setCertificate(WireCertificates.toWire(certificate));
    if (resumes) {
      addResumptionKeys(machine, certificate, grant);
    }
    return grant.build();
  }

  /** What the machine said and asked for, without what only this request is about. */
  private static Bytes question(IssueItem item) {
    return Bytes.copyOf(
        IssueItem.newBuilder()
            .addAllFacts(item.getFactsList())
            .addAllUnavailable(item.getUnavailableList())
            .setSpiffeId(item.getSpiffeId())
            .build()
            .toByteArray());
  }

  private void addResumptionKeys(
      Authenticated machine, IssuedCertificate certificate, Grant.Builder grant) {
    ResumptionKeys.Holder holder =
        new ResumptionKeys.Holder(certificate.subject(), certificate.attributes().boundary());
    for (ResumptionKey key : resumption.handOut(machine.name(), holder)) {
      try (key) {
        grant.addResumptionKeys(WireCertificates.toWire(key));
      }
    }
  }
}
