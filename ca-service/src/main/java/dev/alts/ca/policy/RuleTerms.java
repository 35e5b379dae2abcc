package dev.alts.ca.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * What a rule gives beyond the name and its lifetime, or takes away from what is usual. Immutable.
 *
 * @param dnsNames names that plain-TLS clients may know a holder by, in certificates that are
 *     handed out; in a rule templates like {@code web.{machine.labels.env}.example}
 * @param recordProtocols what holders may agree on of what the trust domain allows, most wanted
 *     first; empty: all of it
 * @param requirePrivacy whether holders encrypt always, within a boundary too
 * @param resumption whether holders get keys by which sessions are resumed, on every replica
 */
public record RuleTerms(
    List<String> dnsNames,
    List<String> recordProtocols,
    boolean requirePrivacy,
    boolean resumption) {
  /** Nothing out of the ordinary. */
  public static final RuleTerms USUAL = new RuleTerms(List.of(), List.of(), false, true);

  public RuleTerms {
    dnsNames = List.copyOf(dnsNames);
    recordProtocols = List.copyOf(recordProtocols);
  }

  RuleTerms withDnsNames(List<String> filled) {
    return new RuleTerms(filled, recordProtocols, requirePrivacy, resumption);
  }

  /** {@return the same as one text, by which terms are compared; empty: usual} */
  public String text() {
    List<String> parts = new ArrayList<>();
    if (!dnsNames.isEmpty()) {
      parts.add("dns " + String.join(",", dnsNames));
    }
    if (!recordProtocols.isEmpty()) {
      parts.add("records " + String.join(",", recordProtocols));
    }
    if (requirePrivacy) {
      parts.add("privacy");
    }
    if (!resumption) {
      parts.add("no resumption");
    }
    return String.join("; ", parts);
  }
}
