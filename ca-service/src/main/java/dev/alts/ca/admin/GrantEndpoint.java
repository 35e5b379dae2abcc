package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.ItemList;
import dev.alts.ca.admin.web.PageRequest;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.grants.Grants;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.machine.GrantFacts;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What machines hold for their processes now, and what their agents said about these. */
@RestController
class GrantEndpoint {
  private final Grants grants;
  private final WithinReach reach;

  GrantEndpoint(Grants grants, WithinReach reach) {
    this.grants = grants;
    this.reach = reach;
  }

  @GetMapping("/v1/machines/{name}/grants")
  ItemList<Grant> list(
      @AuthenticationPrincipal AuthenticatedHuman admin,
      @PathVariable("name") String text,
      @RequestParam @Nullable Integer limit,
      @RequestParam @Nullable String after) {
    MachineName name = MachineEndpoint.name(text);
    var _ = reach.machine(admin, Permission.FLEET_READ, name);
    PageRequest page = PageRequest.of(limit, after);
    long last = last(page);
    List<LiveGrant> found =
        grants.onMachine(name).stream()
            .sorted(Comparator.comparingLong(grant -> grant.revocationId().value()))
            .filter(grant -> grant.revocationId().value() > last)
            .limit(page.limit() + 1L)
            .toList();
    boolean more = found.size() > page.limit();
    List<LiveGrant> items = more ? found.subList(0, page.limit()) : found;
    return new ItemList<>(
        items.stream().map(Grant::of).toList(),
        more ? Long.toString(items.getLast().revocationId().value()) : null);
  }

  private static long last(PageRequest page) {
    try {
      return page.after().isEmpty() ? Long.MIN_VALUE : Long.parseLong(page.after());
    } catch (NumberFormatException e) {
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
  }

  /**
   * A certificate that a process holds.
   *
   * @param facts the agent's word about the process, as far as rules read it then
   * @param unavailable attestors that the agent could not ask
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Grant(
      String revocationId,
      String spiffeId,
      String boundary,
      String rule,
      long ruleVersion,
      Map<String, Object> facts,
      List<String> unavailable,
      Instant issuedAt,
      Instant notAfter) {
    static Grant of(LiveGrant grant) {
      GrantFacts said = GrantFacts.of(grant);
      Map<String, Object> facts = new TreeMap<>();
      said.facts()
          .facts()
          .forEach((name, fact) -> facts.put(name, ExplanationText.FactText.plain(fact.value())));
      return new Grant(
          grant.revocationId().toString(),
          grant.spiffeId().toString(),
          grant.boundary(),
          grant.rule(),
          grant.ruleVersion(),
          facts,
          said.unavailable().stream().sorted().toList(),
          grant.issuedAt(),
          grant.notAfter());
    }
  }
}
