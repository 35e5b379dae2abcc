package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.grants.GrantRows;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.issuance.RecordAttachment;
import dev.alts.ca.issuance.RecordCompanion;
import dev.alts.ca.policy.RuleTerms;
import dev.alts.identity.Bytes;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Remembers every grant in the transaction of its certificate's record: no certificate of a process
 * escapes a change of the rules because the CA died in between.
 */
@Component
class GrantRecorder implements RecordCompanion {
  private final GrantRows grants;

  GrantRecorder(GrantRows grants) {
    this.grants = grants;
  }

  /**
   * What a grant is about beyond its certificate.
   *
   * @param question what the machine said about the process, as it said it
   * @param resumes whether resumption keys go with it
   * @param terms what else the rule gives
   */
  record Granted(
      MachineName machine,
      String rule,
      long ruleVersion,
      Bytes question,
      boolean resumes,
      RuleTerms terms)
      implements RecordAttachment {}

  @Override
  public void record(List<Recorded> group) {
    List<LiveGrant> granted =
        group.stream()
            .filter(recorded -> recorded.attachment() instanceof Granted)
            .map(GrantRecorder::grant)
            .toList();
    if (!granted.isEmpty()) {
      grants.record(granted);
    }
  }

  private static LiveGrant grant(Recorded recorded) {
    Granted granted = (Granted) recorded.attachment();
    return new LiveGrant(
        recorded.attributes().revocationId(),
        granted.machine(),
        recorded.subject(),
        recorded.attributes().boundary(),
        granted.rule(),
        granted.ruleVersion(),
        granted.question(),
        granted.resumes(),
        granted.terms().text(),
        recorded.attributes().issuedAt(),
        recorded.notAfter());
  }
}
