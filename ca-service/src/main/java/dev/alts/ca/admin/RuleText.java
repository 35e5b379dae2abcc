package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A rule with the names that it has in a rule file. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RuleText(
    @JsonProperty("name") @Nullable String name,
    @JsonProperty("when") @Nullable String when,
    @JsonProperty("identity") @Nullable String identity,
    @JsonProperty("use-machine-identity") @Nullable Boolean useMachineIdentity,
    @JsonProperty("ttl") @Nullable String ttl,
    @JsonProperty("hint") @Nullable String hint,
    @JsonProperty("priority") @Nullable Integer priority,
    @JsonProperty("clear-boundary") @Nullable Boolean clearBoundary,
    @JsonProperty("allow-any-machine") @Nullable Boolean allowAnyMachine,
    @JsonProperty("dns-names") @Nullable List<@Nullable String> dnsNames,
    @JsonProperty("record-protocols") @Nullable List<@Nullable String> recordProtocols,
    @JsonProperty("require-privacy") @Nullable Boolean requirePrivacy,
    @JsonProperty("resumption") @Nullable Boolean resumption) {
  private static final String DEFAULT_TTL = "1h";

  static List<RuleDraft> drafts(@Nullable List<@Nullable RuleText> rules) {
    if (rules == null) {
      throw RefusedRequestException.badRequest("rules: missing");
    }
    return rules.stream().map(RuleText::draft).toList();
  }

  static RuleText of(RuleDraft draft) {
    return new RuleText(
        draft.name(),
        draft.when(),
        draft.useMachineIdentity() ? null : draft.identity(),
        draft.useMachineIdentity() ? true : null,
        draft.ttl(),
        draft.hint().isEmpty() ? null : draft.hint(),
        draft.priority() == 0 ? null : draft.priority(),
        draft.clearBoundary() ? true : null,
        draft.allowAnyMachine() ? true : null,
        draft.terms().dnsNames().isEmpty() ? null : List.copyOf(draft.terms().dnsNames()),
        draft.terms().recordProtocols().isEmpty()
            ? null
            : List.copyOf(draft.terms().recordProtocols()),
        draft.terms().requirePrivacy() ? true : null,
        draft.terms().resumption() ? null : false);
  }

  private static RuleDraft draft(@Nullable RuleText rule) {
    if (rule == null || rule.name == null || rule.when == null) {
      throw RefusedRequestException.badRequest("rules: each needs name and when");
    }
    return new RuleDraft(
        rule.name,
        rule.when,
        Objects.requireNonNullElse(rule.identity, ""),
        Objects.requireNonNullElse(rule.useMachineIdentity, false),
        Objects.requireNonNullElse(rule.ttl, DEFAULT_TTL),
        Objects.requireNonNullElse(rule.hint, ""),
        Objects.requireNonNullElse(rule.priority, 0),
        Objects.requireNonNullElse(rule.clearBoundary, false),
        Objects.requireNonNullElse(rule.allowAnyMachine, false),
        new RuleTerms(
            texts("dns-names", rule.dnsNames),
            texts("record-protocols", rule.recordProtocols),
            Objects.requireNonNullElse(rule.requirePrivacy, false),
            Objects.requireNonNullElse(rule.resumption, true)));
  }

  private static List<String> texts(String name, @Nullable List<@Nullable String> given) {
    List<String> texts = new ArrayList<>();
    for (String text : Objects.requireNonNullElse(given, List.<@Nullable String>of())) {
      if (text == null) {
        throw RefusedRequestException.badRequest("rules: %s has an empty entry".formatted(name));
      }
      texts.add(text);
    }
    return texts;
  }
}
