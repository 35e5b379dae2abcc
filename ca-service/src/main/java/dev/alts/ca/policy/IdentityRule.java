package dev.alts.ca.policy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whoever shows facts under which {@code when} holds gets this identity. Checked: the template is
 * well formed and the TTL inside the limits; that the condition compiles is {@link RuleSet}'s
 * promise.
 */
public record IdentityRule(
    String name,
    String when,
    IdentityForm identity,
    Duration ttl,
    String hint,
    int priority,
    boolean clearBoundary,
    boolean allowAnyMachine,
    RuleTerms terms,
    List<DnsTemplate> dnsNames) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern TTL =
      Pattern.compile("(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?(?:(\\d{1,7})s)?");
  private static final int MAX_HINT = 200;

  /** Where the identity of a rule comes from. */
  public sealed interface IdentityForm {
    /** A path filled with facts. */
    record Templated(PathTemplate template) implements IdentityForm {}

    /** The machine's own identity, for services of the host. */
    record OfMachine() implements IdentityForm {}
  }

  public IdentityRule {
    dnsNames = List.copyOf(dnsNames);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "rule name: \"%s\" (expected: 1 to 63 of a-z, 0-9, '.', '-', '_')".formatted(name));
    }
    if (hint.length() > MAX_HINT || hint.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "hint: (expected: at most %d printable characters)".formatted(MAX_HINT));
    }
  }

  /**
   * {@return the rule that {@code draft} describes}
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static IdentityRule parse(RuleDraft draft, PolicyLimits limits) {
    return new IdentityRule(
        draft.name(),
        draft.when(),
        parseIdentity(draft),
        parseTtl(draft.ttl(), limits),
        draft.hint(),
        draft.priority(),
        draft.clearBoundary(),
        draft.allowAnyMachine(),
        requireTerms(draft),
        draft.terms().dnsNames().stream().map(DnsTemplate::parse).toList());
  }

  private static RuleTerms requireTerms(RuleDraft draft) {
    RuleTerms terms = draft.terms();
    if (terms.dnsNames().size() > DnsTemplate.MAX_NAMES
        || Set.copyOf(terms.dnsNames()).size() != terms.dnsNames().size()) {
      throw new IllegalArgumentException(
          "dns-names: (expected: at most %d, each once)".formatted(DnsTemplate.MAX_NAMES));
    }
    if (!terms.recordProtocols().isEmpty()) {
      RecordProtocols.require("record-protocols", terms.recordProtocols());
    }
    if (draft.useMachineIdentity() && !terms.equals(RuleTerms.USUAL)) {
      throw new IllegalArgumentException(
          "use-machine-identity: (expected: neither dns-names nor record-protocols,"
              + " require-privacy or resumption; the machine's certificates are there already)");
    }
    return terms;
  }

  private static IdentityForm parseIdentity(RuleDraft draft) {
    if (draft.useMachineIdentity() != draft.identity().isEmpty()) {
      throw new IllegalArgumentException(
          "identity: (expected: either a path template or use-machine-identity)");
    }
    return draft.useMachineIdentity()
        ? new IdentityForm.OfMachine()
        : new IdentityForm.Templated(PathTemplate.parse(draft.identity()));
  }

  private static Duration parseTtl(String text, PolicyLimits limits) {
    Matcher matcher = TTL.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException(
          "ttl: \"%s\" (expected: such as 1h, 90m or 1h30m)".formatted(text));
    }
    Duration ttl =
        Duration.ofHours(number(matcher, 1))
            .plusMinutes(number(matcher, 2))
            .plusSeconds(number(matcher, 3));
    if (ttl.compareTo(limits.minTtl()) < 0 || ttl.compareTo(limits.maxTtl()) > 0) {
      throw new IllegalArgumentException(
          "ttl: \"%s\" (expected: %s to %s)".formatted(text, limits.minTtl(), limits.maxTtl()));
    }
    return ttl;
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** {@return the rule as an operator would write it} */
  public RuleDraft toDraft() {
    String template =
        switch (identity) {
          case IdentityForm.Templated templated -> templated.template().text();
          case IdentityForm.OfMachine _ -> "";
        };
    return new RuleDraft(
        name,
        when,
        template,
        template.isEmpty(),
        ttl.toSeconds() + "s",
        hint,
        priority,
        clearBoundary,
        allowAnyMachine,
        terms);
  }
}
