package dev.alts.ca.machine;

import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.GrantedIdentity;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.grants.IdentityCap;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.kubernetes.PodVerification;
import dev.alts.ca.machine.IssueDecision.ToIssue;
import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.FactCatalog;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleSet;
import dev.alts.ca.policy.RuleTerms;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Decides, item by item, what a machine gets for its processes. Issues nothing. */
@Component
class IssueDecisions {
  static final int MAX_IDENTITIES = 1000;
  private static final int MAX_POD_TOKEN_BYTES = 8 * 1024;

  private final CaSettings settings;
  private final IdentityRules rules;
  private final RevocationService revocation;
  private final IdentityCap cap;
  private final PodVerification pods;

  IssueDecisions(
      CaSettings settings,
      IdentityRules rules,
      RevocationService revocation,
      IdentityCap cap,
      PodVerification pods) {
    this.settings = settings;
    this.rules = rules;
    this.revocation = revocation;
    this.cap = cap;
    this.pods = pods;
  }

  /**
   * {@return what the rules in force now make of {@code item}}
   *
   * @throws IllegalArgumentException if the item is not one that this API has; the message says why
   */
  PolicyDecision judge(Authenticated machine, IssueItem item) {
    return judge(machine, item, ofPod(machine, item));
  }

  private PolicyDecision judge(Authenticated machine, IssueItem item, PodVerification.Answer pod) {
    PolicyDecision decision = judge(rules.inForce(), machine, item, pod.facts());
    return decision instanceof PolicyDecision.Refused refused && !pod.why().isEmpty()
        ? refused.because(pod.why())
        : decision;
  }

  /** {@return what a version of the rules makes of a question that was kept; else as above} */
  PolicyDecision judgeAgain(RuleSet version, Authenticated machine, IssueItem kept) {
    FactSet verified = WireFacts.ofPod(kept.getVerifiedPodList());
    return judge(
        version,
        machine,
        kept,
        available(() -> pods.verifyAgain(machine.properties().labels(), statedPod(kept), verified))
            .facts());
  }

  private PolicyDecision judge(
      RuleSet version, Authenticated machine, IssueItem item, FactSet pod) {
    return version.decide(
        new RuleSet.Question(
            machine.name().spiffeId(settings.trustDomain()),
            // The machine's own record comes second, so no name can be stated by both.
            FactBindings.of(
                WireFacts.ofAgent(item.getFactsList())
                    .with(WireFacts.ofMachine(machine))
                    .with(pod)),
            WireFacts.unavailable(item.getUnavailableList())));
  }

  /** About the pod that the agent names or shows a token of, if it runs on the agent's machine. */
  private PodVerification.Answer ofPod(Authenticated machine, IssueItem item) {
    if (item.getVerifiedPodCount() > 0) {
      throw new IllegalArgumentException(
          "verified_pod: %d facts (expected: none, the CA verifies)"
              .formatted(item.getVerifiedPodCount()));
    }
    if (item.getPodToken().size() > MAX_POD_TOKEN_BYTES) {
      throw new IllegalArgumentException(
          "pod_token: %d bytes (expected: at most %d)"
              .formatted(item.getPodToken().size(), MAX_POD_TOKEN_BYTES));
    }
    String token = item.getPodToken().toString(StandardCharsets.ISO_8859_1).strip();
    return available(() -> pods.verify(machine.properties().labels(), statedPod(item), token));
  }

  private static String statedPod(IssueItem item) {
    return WireFacts.ofAgent(item.getFactsList())
        .value(FactCatalog.STATED_POD)
        .map(pod -> pod instanceof FactValue.Text uid ? uid.value() : "")
        .orElse("");
  }

  private interface PodQuestion {
    PodVerification.Answer ask() throws PodVerification.UnavailableException;
  }

  private static PodVerification.Answer available(PodQuestion question) {
    try {
      return question.ask();
    } catch (PodVerification.UnavailableException e) {
      // Not a refusal, which the agent would keep, nor a reason to take something back.
      throw new ApiException(ApiException.Code.UNAVAILABLE, String.valueOf(e.getMessage()));
    }
  }

  /**
   * {@return what each item comes to, in order}
   *
   * @param hybrid whether the answer may carry resumption keys
   */
  List<IssueDecision> decide(Authenticated machine, boolean hybrid, List<IssueItem> items) {
    List<IssueDecision> decided =
        items.stream().map(item -> decide(machine, hybrid, item)).toList();
    Set<SpiffeId> identities =
        decided.stream()
            .filter(ToIssue.class::isInstance)
            .map(decision -> ((ToIssue) decision).chosen().spiffeId())
            .collect(Collectors.toSet());
    Map<SpiffeId, String> bans = identities.isEmpty() ? Map.of() : revocation.bans(identities);
    return bans.isEmpty()
        ? decided
        : decided.stream().map(decision -> unlessBanned(decision, bans)).toList();
  }

  private static IssueDecision unlessBanned(IssueDecision decision, Map<SpiffeId, String> bans) {
    return switch (decision) {
      case IssueDecision.Answered answered -> answered;
      case ToIssue wanted -> {
        SpiffeId identity = wanted.chosen().spiffeId();
        String ban = bans.get(identity);
        yield ban == null
            ? wanted
            : refused(
                Refusal.Reason.BANNED,
                "%s is banned: %s".formatted(identity, ban),
                wanted.decision().ruleVersion());
      }
    };
  }

  private IssueDecision decide(Authenticated machine, boolean hybrid, IssueItem item) {
    PolicyDecision decision;
    CertificateProfile profile;
    IdempotencyKey key;
    PodVerification.Answer pod;
    try {
      profile = profile(item);
      key = new IdempotencyKey(WireCertificates.bytes(item.getIdempotencyKey()));
      pod = ofPod(machine, item);
      decision = judge(machine, item, pod);
    } catch (IllegalArgumentException e) {
      return refused(
          Refusal.Reason.BAD_REQUEST, String.valueOf(e.getMessage()), rules.inForce().version());
    }
    return switch (decision) {
      case PolicyDecision.Refused refused ->
          refused(Refusal.Reason.NO_RULE_MATCHES, refused.explanation(), refused.ruleVersion());
      case PolicyDecision.Granted granted ->
          choose(machine, hybrid, kept(item, pod), granted, new Wanted(profile, key));
    };
  }

  /** From here on there is no token, but what it said. */
  private static IssueItem kept(IssueItem item, PodVerification.Answer pod) {
    boolean ofToken = !item.getPodToken().isEmpty();
    return item.toBuilder()
        .clearPodToken()
        .addAllVerifiedPod(ofToken ? WireFacts.toWire(pod.facts()) : List.of())
        .build();
  }

  private record Wanted(CertificateProfile profile, IdempotencyKey key) {}

  /** No default: a use that a later version invents is refused here (abuse case 8). */
  private static CertificateProfile profile(IssueItem item) {
    return switch (item.getUse()) {
      case MASTER -> CertificateProfile.WORKLOAD_MASTER;
      case HANDED_OUT -> CertificateProfile.WORKLOAD_HANDED_OUT;
      case CERTIFICATE_USE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException(
              "use %d (expected: %s or %s)"
                  .formatted(item.getUseValue(), CertificateUse.MASTER, CertificateUse.HANDED_OUT));
    };
  }

  private IssueDecision choose(
      Authenticated machine,
      boolean hybrid,
      IssueItem item,
      PolicyDecision.Granted granted,
      Wanted wanted) {
    Optional<dev.alts.ca.policy.GrantedIdentity> chosen =
        granted.identities().stream()
            .filter(identity ->
                item.getSpiffeId().isEmpty()
                    || identity.spiffeId().toString().equals(item.getSpiffeId()))
            .findFirst();
    if (chosen.isEmpty()) {
      // The list that is granted is no secret to the machine: it would get it by asking for
      // nothing.
      return refused(
          Refusal.Reason.IDENTITY_NOT_GRANTED,
          "not among what these facts give: "
              + granted.identities().stream()
                  .map(identity -> identity.spiffeId().toString())
                  .toList(),
          granted.ruleVersion());
    }
    dev.alts.ca.policy.GrantedIdentity identity = chosen.get();
    if (identity.ofMachine()) {
      return new IssueDecision.Answered(IssueOutcome.newBuilder().setGrant(grant(granted)).build());
    }
    if (!cap.permits(machine.name(), identity.spiffeId())) {
      return refused(
          Refusal.Reason.QUOTA,
          "the machine holds %d identities already".formatted(MAX_IDENTITIES),
          granted.ruleVersion());
    }
    GrantRecorder.Granted attachment =
        new GrantRecorder.Granted(
            machine.name(),
            identity.rule(),
            granted.ruleVersion(),
            question(item),
            wanted.profile().mayDelegate() && hybrid && identity.terms().resumption(),
            identity.terms());
    return new ToIssue(
        item,
        granted,
        identity,
        attachment.resumes(),
        request(
            machine, WireCertificates.bytes(item.getPublicKey()), identity, wanted, attachment));
  }

  private CertificateRequest request(
      Authenticated machine,
      Bytes publicKey,
      dev.alts.ca.policy.GrantedIdentity identity,
      Wanted wanted,
      GrantRecorder.Granted attachment) {
    Duration limit = settings.lifetimes().workloadLimit();
    return new CertificateRequest(
        wanted.key(),
        new IssuanceAuthorization.RuleDecision(
            identity.spiffeId(),
            machine.name().text(),
            identity.clearBoundary() ? "" : machine.properties().boundary(),
            identity.rule(),
            attachment.ruleVersion(),
            identity.terms().dnsNames()),
        wanted.profile(),
        publicKey,
        identity.ttl().compareTo(limit) > 0 ? limit : identity.ttl(),
        attachment);
  }

  /** What the machine said and asked for, without what only this request is about. */
  static Bytes question(IssueItem item) {
    return Bytes.copyOf(
        IssueItem.newBuilder()
            .addAllFacts(item.getFactsList())
            .addAllUnavailable(item.getUnavailableList())
            .setSpiffeId(item.getSpiffeId())
            .addAllVerifiedPod(item.getVerifiedPodList())
            .build()
            .toByteArray());
  }

  /** {@return a grant that lists everything that the facts give, without a certificate} */
  static Grant.Builder grant(PolicyDecision.Granted granted) {
    Grant.Builder grant =
        Grant.newBuilder()
            .setRuleVersion(granted.ruleVersion())
            .setMayUseMachineIdentity(
                granted.identities().stream()
                    .anyMatch(dev.alts.ca.policy.GrantedIdentity::ofMachine));
    granted.identities().forEach(identity -> grant.addIdentities(toWire(identity)));
    return grant;
  }

  private static GrantedIdentity toWire(dev.alts.ca.policy.GrantedIdentity identity) {
    GrantedIdentity.Builder wire =
        GrantedIdentity.newBuilder()
            .setSpiffeId(identity.spiffeId().toString())
            .setRule(identity.rule())
            .setHint(identity.hint());
    RuleTerms terms = identity.terms();
    if (!terms.recordProtocols().isEmpty() || terms.requirePrivacy()) {
      wire.setRecordPolicy(
          RecordPolicy.newBuilder()
              .addAllRecordProtocols(terms.recordProtocols())
              .setRequirePrivacy(terms.requirePrivacy()));
    }
    return wire.build();
  }

  static IssueDecision refused(Refusal.Reason reason, String explanation, long ruleVersion) {
    return new IssueDecision.Answered(refusal(reason, explanation, ruleVersion));
  }

  static IssueOutcome refusal(Refusal.Reason reason, String explanation, long ruleVersion) {
    return IssueOutcome.newBuilder()
        .setRefusal(
            Refusal.newBuilder()
                .setReason(reason)
                .setExplanation(explanation)
                .setRuleVersion(ruleVersion))
        .build();
  }
}
