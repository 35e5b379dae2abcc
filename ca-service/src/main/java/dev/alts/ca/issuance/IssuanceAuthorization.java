package dev.alts.ca.issuance;

import dev.alts.identity.SpiffeId;
import java.util.List;

/**
 * Why a certificate may be issued, and for whom. Made by the module that decided; nothing that a
 * requester sent is in it unchecked.
 */
public sealed interface IssuanceAuthorization {
  /** {@return the only identity that it covers} */
  SpiffeId subject();

  /** {@return the physical boundary that the CA assigned; empty: none} */
  String boundary();

  /** {@return the machine on which the identity lives; empty: none} */
  String machine();

  /** {@return who asks; idempotency keys count per requester} */
  String requester();

  /** {@return DNS names for a certificate that is handed out with its key} */
  default List<String> dnsNames() {
    return List.of();
  }

  /** {@return how the audit log calls it} */
  String describe();

  /** A machine proved what it is, or renews what it proved before. */
  record MachineAttestation(SpiffeId subject, String machine, String boundary, String attestor)
      implements IssuanceAuthorization {
    @Override
    public String requester() {
      return "machine " + machine;
    }

    @Override
    public String describe() {
      return "attestation by " + attestor;
    }
  }

  /** A rule gives the identity to a process of the machine. */
  record RuleDecision(
      SpiffeId subject,
      String machine,
      String boundary,
      String rule,
      long ruleVersion,
      List<String> dnsNames)
      implements IssuanceAuthorization {
    public RuleDecision {
      dnsNames = List.copyOf(dnsNames);
    }

    /** A decision without DNS names. */
    public RuleDecision(
        SpiffeId subject, String machine, String boundary, String rule, long ruleVersion) {
      this(subject, machine, boundary, rule, ruleVersion, List.of());
    }

    @Override
    public String requester() {
      return "machine " + machine;
    }

    @Override
    public String describe() {
      return "rule " + rule + " of version " + ruleVersion;
    }
  }

  /**
   * A rule gives the identity to whoever had a token of an OIDC issuer; no machine is behind it.
   */
  record TokenExchange(SpiffeId subject, String issuer, String rule, long ruleVersion)
      implements IssuanceAuthorization {
    @Override
    public String boundary() {
      return "";
    }

    @Override
    public String machine() {
      return "";
    }

    @Override
    public String requester() {
      return "issuer " + issuer;
    }

    @Override
    public String describe() {
      return "token of issuer %s by rule %s of version %d".formatted(issuer, rule, ruleVersion);
    }
  }

  /** A human was enrolled or logged in. */
  record HumanLogin(SpiffeId subject, String boundary, String method)
      implements IssuanceAuthorization {
    @Override
    public String machine() {
      return "";
    }

    @Override
    public String requester() {
      return "human " + subject.path();
    }

    @Override
    public String describe() {
      return "login by " + method;
    }
  }

  /** The CA's own TLS ports. */
  record OwnEndpoint(SpiffeId subject) implements IssuanceAuthorization {
    @Override
    public String boundary() {
      return "";
    }

    @Override
    public String machine() {
      return "";
    }

    @Override
    public String requester() {
      return "ca";
    }

    @Override
    public String describe() {
      return "own endpoint";
    }
  }
}
