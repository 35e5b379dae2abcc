package dev.alts.ca.machine;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.PolicyDecision;

/** What one item of a batch comes to before anything is issued. */
sealed interface IssueDecision {
  /** The answer is known: a refusal, or the machine's own identity, which needs no certificate. */
  record Answered(IssueOutcome outcome) implements IssueDecision {}

  /**
   * A certificate is to be issued.
   *
   * @param resumes whether resumption keys go with it
   */
  record ToIssue(
      IssueItem item,
      PolicyDecision.Granted decision,
      GrantedIdentity chosen,
      boolean resumes,
      CertificateRequest request)
      implements IssueDecision {}
}
