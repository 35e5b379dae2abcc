package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.approvals.Approval;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An act that takes two admins, as callers see it.
 *
 * @param request what is done if it is approved
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ApprovalText(
    long id,
    String kind,
    String state,
    String target,
    String reason,
    JsonNode request,
    String requestedBy,
    Instant requestedAt,
    Instant expiresAt,
    @Nullable String decidedBy,
    @Nullable Instant decidedAt,
    @Nullable String decisionReason,
    @Nullable String outcome) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static ApprovalText of(Approval approval) {
    Approval.@Nullable Decision decision = approval.decision().orElse(null);
    return new ApprovalText(
        approval.id(),
        approval.asked().kind().text(),
        approval.state().name().toLowerCase(Locale.ROOT),
        approval.asked().target(),
        approval.asked().reason(),
        JSON.readTree(approval.asked().request()),
        approval.requestedBy().text(),
        approval.requestedAt(),
        approval.expiresAt(),
        decision == null ? null : decision.by().text(),
        decision == null ? null : decision.at(),
        decision == null ? null : decision.reason(),
        decision == null ? null : decision.outcome());
  }
}
