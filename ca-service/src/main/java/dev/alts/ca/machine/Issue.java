package dev.alts.ca.machine;

import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.ca.issuance.IssuedCertificate;
import dev.alts.ca.machine.IssueDecision.Answered;
import dev.alts.ca.machine.IssueDecision.ToIssue;
import dev.alts.ca.resumption.ResumptionKey;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.resumption.ResumptionKeys.Holder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Certificates for processes of a machine: decide each, issue all together, answer in order. */
@Component
class Issue {
  static final int MAX_ITEMS = 100;
  private static final int PER_MINUTE = 600;

  private final IssueDecisions decisions;
  private final IssuanceService issuance;
  private final ResumptionKeys resumption;
  private final Refusals refusals;
  private final DatabaseClock databaseClock;
  private final HandedOutChains handedOut;
  private final RefusalMetrics refused;
  private final IssueQuota quota;

  Issue(
      IssueDecisions decisions,
      IssuanceService issuance,
      ResumptionKeys resumption,
      Refusals refusals,
      DatabaseClock databaseClock,
      HandedOutChains handedOut,
      RefusalMetrics refused,
      InstantSource clock) {
    this.refused = refused;
    this.decisions = decisions;
    this.issuance = issuance;
    this.resumption = resumption;
    this.refusals = refusals;
    this.databaseClock = databaseClock;
    this.handedOut = handedOut;
    this.quota = new IssueQuota(PER_MINUTE, clock);
  }

  IssueResponse issue(Authenticated machine, ChannelSecurity security, IssueRequest request) {
    if (request.getItemsCount() == 0 || request.getItemsCount() > MAX_ITEMS) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "items: %d (expected: 1 to %d)".formatted(request.getItemsCount(), MAX_ITEMS));
    }
    List<IssueDecision> decided = decide(machine, security, request.getItemsList());
    List<ToIssue> toIssue =
        decided.stream().filter(ToIssue.class::isInstance).map(ToIssue.class::cast).toList();
    List<IssuanceOutcome> issued = issuance.issue(toIssue.stream().map(ToIssue::request).toList());
    Map<Holder, List<ResumptionKey>> keys = keys(machine, toIssue, issued);
    IssueResponse.Builder response = IssueResponse.newBuilder();
    try {
      Iterator<IssuanceOutcome> next = issued.iterator();
      for (int i = 0; i < decided.size(); i++) {
        response.addOutcomes(
            switch (decided.get(i)) {
              case Answered answered -> record(machine, request.getItems(i), answered.outcome());
              case ToIssue wanted -> outcome(machine, wanted, next.next(), keys);
            });
      }
    } finally {
      keys.values().forEach(ofHolder -> ofHolder.forEach(ResumptionKey::close));
    }
    refused.count(response.getOutcomesList());
    return response.setServerTime(databaseClock.now().getEpochSecond()).build();
  }

  /** What is above the quota is refused; the rest is decided together. */
  private List<IssueDecision> decide(
      Authenticated machine, ChannelSecurity security, List<IssueItem> items) {
    int within = quota.take(machine.name().text(), items.size());
    List<IssueDecision> decided =
        new ArrayList<>(decisions.decide(machine, security.hybrid(), items.subList(0, within)));
    for (int i = within; i < items.size(); i++) {
      decided.add(
          IssueDecisions.refused(
              Refusal.Reason.QUOTA, "more than %d requests a minute".formatted(PER_MINUTE), 0));
    }
    return decided;
  }

  /** Once for each identity, however many certificates of it the machine asks for. */
  private Map<Holder, List<ResumptionKey>> keys(
      Authenticated machine, List<ToIssue> wanted, List<IssuanceOutcome> outcomes) {
    Set<Holder> holders = new HashSet<>();
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).resumes() && outcomes.get(i) instanceof IssuanceOutcome.Issued issued) {
        holders.add(holder(issued.certificate()));
      }
    }
    return holders.isEmpty() ? Map.of() : resumption.handOut(machine.name(), holders);
  }

  private static Holder holder(IssuedCertificate certificate) {
    return new Holder(certificate.subject(), certificate.attributes().boundary());
  }

  private IssueOutcome record(Authenticated machine, IssueItem item, IssueOutcome outcome) {
    if (outcome.hasRefusal() && outcome.getRefusal().getReason() != Refusal.Reason.QUOTA) {
      refusals.record(machine.name(), item, outcome.getRefusal());
    }
    return outcome;
  }

  private IssueOutcome outcome(
      Authenticated machine,
      ToIssue wanted,
      IssuanceOutcome outcome,
      Map<Holder, List<ResumptionKey>> keys) {
    return switch (outcome) {
      case IssuanceOutcome.Issued issued ->
          IssueOutcome.newBuilder().setGrant(grant(wanted, issued.certificate(), keys)).build();
      case IssuanceOutcome.Refused refused ->
          record(
              machine,
              wanted.item(),
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
      ToIssue wanted, IssuedCertificate certificate, Map<Holder, List<ResumptionKey>> keys) {
    Grant.Builder grant =
        IssueDecisions.grant(wanted.decision()).setCertificate(handedOut.toWire(certificate));
    if (wanted.resumes()) {
      for (ResumptionKey key : keys.getOrDefault(holder(certificate), List.of())) {
        grant.addResumptionKeys(WireCertificates.toWire(key));
      }
    }
    return grant.build();
  }
}
