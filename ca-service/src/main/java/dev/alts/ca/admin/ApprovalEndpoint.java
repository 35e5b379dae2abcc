package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.approvals.Approval;
import dev.alts.ca.approvals.Approvals;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.humans.Rights;
import dev.alts.ca.humans.RoleRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Acts that wait for a second admin: list, show, approve, reject. */
@RestController
class ApprovalEndpoint {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Approvals approvals;
  private final Map<String, ApprovedAct> operations;
  private final RoleRegistry roles;
  private final AdminActs acts;

  ApprovalEndpoint(
      Approvals approvals, List<ApprovedAct> operations, RoleRegistry roles, AdminActs acts) {
    this.approvals = approvals;
    this.operations =
        operations.stream().collect(Collectors.toMap(ApprovedAct::operation, Function.identity()));
    this.roles = roles;
    this.acts = acts;
  }

  @GetMapping("/v1/approvals")
  ItemList<ApprovalText> list(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @RequestParam @Nullable String pending,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    boolean pendingOnly = "true".equals(pending);
    return FilteredPage.of(
        PageRequest.of(limit, after),
        (from, most) ->
            approvals.list(pendingOnly, from.isEmpty() ? Long.MAX_VALUE : id(from), most),
        approval -> isVisible(admin, approval),
        approval -> Long.toString(approval.id()),
        ApprovalText::of);
  }

  @GetMapping("/v1/approvals/{id}")
  ApprovalText show(
      @AuthenticationPrincipal AuthenticatedHuman admin, @PathVariable("id") String id) {
    return ApprovalText.of(find(admin, id));
  }

  /** Does what is kept, by the rights that both have now. */
  @PostMapping(path = "/v1/approvals/{id}/approve", consumes = MediaType.APPLICATION_JSON_VALUE)
  ApprovalText approve(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("id") String id,
      @RequestBody Reason why) {
    Approval approval = find(admin, id);
    String reason = why.text();
    if (approval.requestedBy().equals(admin.name())) {
      throw RefusedRequestException.of(
          HttpStatus.FORBIDDEN,
          "Nobody approves their own act, with whichever login.",
          "Ask another admin; you can take it back: altsctl approval reject " + approval.id());
    }
    ApprovedAct act = operation(approval);
    String request = approval.asked().request();
    act.authorize(admin, request);
    AuthenticatedHuman requester = admin.approving(approval.requestedBy(), rights(approval));
    act.authorize(requester, request);
    decide(
        admin,
        "approval.approve",
        approval,
        reason,
        () -> approvals.take(approval.id(), admin.name(), reason));
    return ApprovalText.of(perform(act, requester, approval));
  }

  private Approval perform(ApprovedAct act, AuthenticatedHuman requester, Approval approval) {
    try {
      Object answer = act.perform(requester, approval.asked().request());
      approvals.done(approval.id(), true, JSON.writeValueAsString(answer));
    } catch (RefusedRequestException refused) {
      approvals.done(approval.id(), false, refused.problem().detail());
    } catch (RuntimeException e) {
      approvals.done(approval.id(), false, "The CA failed. The reason is in its log.");
      throw e;
    }
    return approvals.find(approval.id()).orElseThrow(() -> new AssertionError("nobody deletes"));
  }

  @PostMapping(path = "/v1/approvals/{id}/reject", consumes = MediaType.APPLICATION_JSON_VALUE)
  ApprovalText reject(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("id") String id,
      @RequestBody Reason why) {
    Approval approval = find(admin, id);
    String reason = why.text();
    if (!approval.requestedBy().equals(admin.name())) {
      operation(approval).authorize(admin, approval.asked().request());
    }
    decide(
        admin,
        "approval.reject",
        approval,
        reason,
        () -> approvals.reject(approval.id(), admin.name(), reason));
    return ApprovalText.of(find(admin, id));
  }

  private interface Decision {
    boolean take();
  }

  private void decide(
      AuthenticatedHuman admin, String act, Approval approval, String reason, Decision decision) {
    boolean taken =
        approval.state() == Approval.State.PENDING
            && acts.perform(
                admin,
                act,
                "approval %d, %s: %s, asked for by %s"
                    .formatted(
                        approval.id(),
                        approval.asked().kind().text(),
                        approval.asked().target(),
                        approval.requestedBy().auditName()),
                reason,
                decision::take);
    if (!taken) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "Approval %d is decided already, or its time is over.".formatted(approval.id()),
          "altsctl approval show " + approval.id());
    }
  }

  private Rights rights(Approval approval) {
    return roles.rights(approval.requestedBy());
  }

  private Approval find(AuthenticatedHuman admin, String id) {
    return approvals
        .find(id(id))
        .filter(approval -> isVisible(admin, approval))
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND,
                "There is no such approval within your reach.",
                "altsctl approval list"));
  }

  /** One's own, what one could do oneself, and for those without limits all. */
  private boolean isVisible(AuthenticatedHuman admin, Approval approval) {
    if (admin.rights().allowEverywhere(Permission.APPROVAL_READ)
        || approval.requestedBy().equals(admin.name())) {
      return true;
    }
    try {
      operation(approval).authorize(admin, approval.asked().request());
      return true;
    } catch (RefusedRequestException outside) {
      return false;
    }
  }

  private ApprovedAct operation(Approval approval) {
    ApprovedAct operation = operations.get(approval.asked().operation());
    if (operation == null) {
      throw RefusedRequestException.of(
          HttpStatus.CONFLICT,
          "This CA does not know what was asked for; a newer one did.",
          "Approve it at a replica of the newer version, or reject it.");
    }
    return operation;
  }

  private static long id(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw RefusedRequestException.badRequest("id: expected a number");
    }
    return Long.parseLong(text);
  }
}
