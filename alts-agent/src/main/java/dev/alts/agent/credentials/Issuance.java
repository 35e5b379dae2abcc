package dev.alts.agent.credentials;

import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.identity.SpiffeId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of one question. */
public sealed interface Issuance {
  /**
   * Which identities the facts give.
   *
   * @param identities default first
   * @param mayUseMachineIdentity whether the process may act as the machine itself
   */
  record Terms(List<Identity> identities, long ruleVersion, boolean mayUseMachineIdentity) {
    public Terms {
      identities = List.copyOf(identities);
    }

    /** {@return what the rule that gives {@code id} says of record protocols, if anything} */
    @Nullable RecordPolicy recordsOf(SpiffeId id) {
      for (Identity identity : identities) {
        if (identity.spiffeId().equals(id.toString())) {
          return identity.records();
        }
      }
      return null;
    }

    /** {@return the rules that give {@code id}} */
    List<String> rulesOf(SpiffeId id) {
      return identities.stream()
          .filter(identity -> identity.spiffeId().equals(id.toString()))
          .map(Identity::rule)
          .toList();
    }
  }

  /**
   * An identity, the rule that gives it and what the rule calls it.
   *
   * @param records what the rule leaves of the trust domain's record policy; null: all of it
   */
  record Identity(String spiffeId, String rule, String hint, @Nullable RecordPolicy records) {
    public Identity(String spiffeId, String rule, String hint) {
      this(spiffeId, rule, hint, null);
    }
  }

  /** A certificate. Not a record, since resumption keys are secrets. */
  final class Granted implements Issuance {
    private final HeldCertificate certificate;
    private final Terms terms;
    private final List<ResumptionKey> resumptionKeys;

    public Granted(HeldCertificate certificate, Terms terms, List<ResumptionKey> resumptionKeys) {
      this.certificate = certificate;
      this.terms = terms;
      this.resumptionKeys = List.copyOf(resumptionKeys);
    }

    public HeldCertificate certificate() {
      return certificate;
    }

    public Terms terms() {
      return terms;
    }

    List<ResumptionKey> resumptionKeys() {
      return resumptionKeys;
    }

    @Override
    public String toString() {
      return "Granted[%s, %s]".formatted(certificate, terms);
    }
  }

  /** No certificate, but the machine's own identity, which the agent holds already. */
  record MachineIdentity(Terms terms) implements Issuance {}

  /**
   * Nothing.
   *
   * @param lasting whether asking again makes no sense before the rules change
   */
  record Refused(String explanation, boolean lasting) implements Issuance {}
}
