package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.AwaitsApprovalException;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.ActKind;
import dev.alts.ca.approvals.Approval;
import dev.alts.ca.approvals.Approvals;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Lets an act on only if its kind takes one admin, or a second one has approved this very act. */
@Component
class FourEyes {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Approvals approvals;
  private final AdminActs acts;

  FourEyes(Approvals approvals, AdminActs acts) {
    this.approvals = approvals;
    this.acts = acts;
  }

  /** An act as it is kept until a second admin decides. */
  record Act(ActKind kind, String operation, Object request, String target, String reason) {}

  /**
   * Returns if the act may be done now. Call it when everything about the request was checked: what
   * could not be done need not be approved.
   */
  void require(AuthenticatedHuman admin, Act act) {
    if (admin.approvedBy() != null || !approvals.areNeededFor(act.kind())) {
      return;
    }
    Approval.Asked asked =
        new Approval.Asked(
            act.kind(),
            act.operation(),
            JSON.writeValueAsString(act.request()),
            act.target(),
            act.reason());
    Approval waiting =
        acts.perform(
            admin,
            "approval.request " + act.kind().text(),
            act.target(),
            act.reason(),
            () ->
                approvals
                    .ask(admin.name(), asked)
                    .orElseThrow(() ->
                        RefusedRequestException.of(
                            HttpStatus.TOO_MANY_REQUESTS,
                            "%d acts of yours wait for a second admin already."
                                .formatted(Approvals.MOST_PENDING),
                            "Have them decided, or take some back: altsctl approval reject ID.")));
    throw new AwaitsApprovalException(waiting.id(), ApprovalText.of(waiting));
  }

  /** {@return a kept request as what it was} */
  static <T> T read(String request, Class<T> type) {
    try {
      return JSON.readValue(request, type);
    } catch (JacksonException e) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "This was asked for from another version of the CA, which understood it otherwise.",
          "Reject it and ask anew.");
    }
  }
}
