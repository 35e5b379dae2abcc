package dev.alts.ca.admin.web;

import static dev.alts.ca.humans.Permission.ANYONE;
import static dev.alts.ca.humans.Permission.APPROVAL_DECIDE;
import static dev.alts.ca.humans.Permission.APPROVAL_READ;
import static dev.alts.ca.humans.Permission.AUDIT_READ;
import static dev.alts.ca.humans.Permission.AUTHORITY_CHANGE;
import static dev.alts.ca.humans.Permission.AUTHORITY_READ;
import static dev.alts.ca.humans.Permission.FLEET_OPERATE;
import static dev.alts.ca.humans.Permission.FLEET_READ;
import static dev.alts.ca.humans.Permission.HUMAN;
import static dev.alts.ca.humans.Permission.HUMAN_CHANGE;
import static dev.alts.ca.humans.Permission.HUMAN_READ;
import static dev.alts.ca.humans.Permission.POLICY_CHANGE;
import static dev.alts.ca.humans.Permission.POLICY_READ;
import static dev.alts.ca.humans.Permission.REVOCATION_CHANGE;
import static dev.alts.ca.humans.Permission.REVOCATION_READ;
import static dev.alts.ca.humans.Permission.ROLE_CHANGE;
import static dev.alts.ca.humans.Permission.RULES_CHANGE;
import static dev.alts.ca.humans.Permission.RULES_PREVIEW;
import static dev.alts.ca.humans.Permission.RULES_READ;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import dev.alts.ca.humans.Permission;
import java.util.List;
import org.springframework.http.HttpMethod;

/**
 * Every operation of the admin port and the permission that it takes, the only such list. What is
 * not in it is denied; {@code openapi.yaml} says the same to callers, and a test compares.
 */
public final class AdminOperations {
  /** In the order in which they are matched: a name goes before a variable. */
  public static final List<Operation> ALL =
      List.of(
          new Operation(GET, "/v1/trust-document", ANYONE),
          new Operation(GET, "/v1/trust-documents", ANYONE),
          new Operation(POST, "/v1/enrolments/redeem", ANYONE),
          // Signed, and of use to those above all who cannot log in.
          new Operation(GET, "/v1/crls/{authority}", ANYONE),
          new Operation(POST, "/v1/exchange", ANYONE),
          new Operation(GET, "/v1/openapi.yaml", HUMAN),
          new Operation(GET, "/v1/openapi.json", HUMAN),
          new Operation(GET, "/v1/documents", HUMAN),
          new Operation(POST, "/v1/login/renew", HUMAN),
          new Operation(GET, "/v1/humans", HUMAN_READ),
          new Operation(POST, "/v1/humans/{name}/enrolments", HUMAN_CHANGE),
          new Operation(POST, "/v1/humans/{name}/disable", HUMAN_CHANGE),
          new Operation(POST, "/v1/humans/{name}/enable", HUMAN_CHANGE),
          new Operation(GET, "/v1/self", HUMAN),
          new Operation(GET, "/v1/roles", HUMAN_READ),
          new Operation(POST, "/v1/humans/{name}/roles", ROLE_CHANGE),
          new Operation(POST, "/v1/humans/{name}/roles/revoke", ROLE_CHANGE),
          new Operation(GET, "/v1/machines", FLEET_READ),
          new Operation(GET, "/v1/machines/{name}/blast-radius", FLEET_READ),
          new Operation(GET, "/v1/machines/{name}/grants", FLEET_READ),
          new Operation(POST, "/v1/machines/{name}/rotate", FLEET_OPERATE),
          new Operation(POST, "/v1/join-tokens", FLEET_OPERATE),
          new Operation(GET, "/v1/svids", FLEET_READ),
          new Operation(GET, "/v1/svids/{serial}", FLEET_READ),
          new Operation(GET, "/v1/inventory", FLEET_READ),
          new Operation(GET, "/v1/explain/svids", FLEET_READ),
          new Operation(GET, "/v1/explain/svids/{serial}", FLEET_READ),
          new Operation(GET, "/v1/explain/authorization", FLEET_READ),
          new Operation(POST, "/v1/explain/requests", FLEET_READ),
          new Operation(GET, "/v1/explain/denials", FLEET_READ),
          new Operation(GET, "/v1/explain/denials/{id}", FLEET_READ),
          new Operation(GET, "/v1/rules", RULES_READ),
          new Operation(PUT, "/v1/rules", RULES_CHANGE),
          new Operation(POST, "/v1/rules/test", RULES_READ),
          new Operation(POST, "/v1/rules/preview", RULES_PREVIEW),
          new Operation(POST, "/v1/rules/rollback", RULES_CHANGE),
          new Operation(GET, "/v1/rules/versions", RULES_READ),
          new Operation(GET, "/v1/rules/versions/{version}", RULES_READ),
          new Operation(GET, "/v1/naming", POLICY_READ),
          new Operation(PUT, "/v1/naming", POLICY_CHANGE),
          new Operation(GET, "/v1/naming/explain", POLICY_READ),
          new Operation(GET, "/v1/policies/{kind}", POLICY_READ),
          new Operation(PUT, "/v1/policies/{kind}", POLICY_CHANGE),
          new Operation(GET, "/v1/policies/{kind}/versions", POLICY_READ),
          new Operation(GET, "/v1/revocations", REVOCATION_READ),
          new Operation(GET, "/v1/revocations/{id}", REVOCATION_READ),
          new Operation(POST, "/v1/revocations", REVOCATION_CHANGE),
          new Operation(POST, "/v1/revocations/preview", REVOCATION_READ),
          new Operation(GET, "/v1/crls", REVOCATION_READ),
          new Operation(GET, "/v1/bans", REVOCATION_READ),
          new Operation(POST, "/v1/unbans", REVOCATION_CHANGE),
          new Operation(GET, "/v1/authorities", AUTHORITY_READ),
          new Operation(GET, "/v1/authorities/obstacles", AUTHORITY_READ),
          new Operation(POST, "/v1/authorities/{step}", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/upstream-chains", AUTHORITY_READ),
          new Operation(POST, "/v1/upstream-chains", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/upstream-chains/request", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/upstream-chains/remove", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/roots", AUTHORITY_READ),
          new Operation(POST, "/v1/roots/prepare", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/roots/activate", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/roots/export", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/roots/import", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/document-keys", AUTHORITY_READ),
          new Operation(POST, "/v1/document-keys/{step}", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/jwt-keys", AUTHORITY_READ),
          new Operation(POST, "/v1/jwt-keys/{step}", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/exchange/issuers", AUTHORITY_READ),
          new Operation(POST, "/v1/exchange/issuers", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/exchange/issuers/remove", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/federations", AUTHORITY_READ),
          new Operation(GET, "/v1/federations/{domain}", AUTHORITY_READ),
          new Operation(PUT, "/v1/federations/{domain}", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/federations/{domain}/refresh", AUTHORITY_CHANGE),
          new Operation(POST, "/v1/federations/{domain}/remove", AUTHORITY_CHANGE),
          new Operation(GET, "/v1/approvals", APPROVAL_READ),
          new Operation(GET, "/v1/approvals/{id}", APPROVAL_READ),
          new Operation(POST, "/v1/approvals/{id}/approve", APPROVAL_DECIDE),
          new Operation(POST, "/v1/approvals/{id}/reject", APPROVAL_DECIDE),
          new Operation(GET, "/v1/audit/events", AUDIT_READ),
          new Operation(POST, "/v1/audit/verify", AUDIT_READ));

  private AdminOperations() {}

  /**
   * One operation.
   *
   * @param path as the description has it, with variables in braces
   */
  public record Operation(HttpMethod method, String path, Permission permission) {}
}
