package dev.alts.cli.spire.rules;

import java.util.List;

/**
 * A rule as its file has it.
 *
 * @param when terms that must all hold
 * @param ttl seconds
 * @param part which of several rules that were one but for its length, counted from 1
 */
public record MadeRule(
    String name,
    List<String> when,
    String identity,
    int ttl,
    String hint,
    List<String> dnsNames,
    int priority,
    int part,
    int parts) {
  public MadeRule {
    when = List.copyOf(when);
    dnsNames = List.copyOf(dnsNames);
  }
}
