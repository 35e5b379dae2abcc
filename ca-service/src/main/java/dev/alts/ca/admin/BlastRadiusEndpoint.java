package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.admin.web.RefusedRequestException;
import dev.alts.ca.humans.Permission;
import dev.alts.ca.machine.BlastRadius;
import dev.alts.ca.policy.RuleReach;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What a machine could obtain if it lied. */
@RestController
class BlastRadiusEndpoint {
  private final BlastRadius radius;
  private final WithinReach reach;

  BlastRadiusEndpoint(BlastRadius radius, WithinReach reach) {
    this.radius = radius;
    this.reach = reach;
  }

  @GetMapping("/v1/machines/{name}/blast-radius")
  Report of(@AuthenticationPrincipal AuthenticatedHuman admin, @PathVariable("name") String name) {
    var _ = reach.machine(admin, Permission.FLEET_READ, MachineEndpoint.name(name));
    return radius
        .of(MachineEndpoint.name(name))
        .map(Report::of)
        .orElseThrow(() ->
            RefusedRequestException.of(
                HttpStatus.NOT_FOUND, "There is no such machine.", "altsctl machine list"));
  }

  /**
   * What is within its reach.
   *
   * @param reachable by which rule; an identity may be there by several
   */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record Report(
      String machine,
      boolean banned,
      long ruleVersion,
      int mostIdentities,
      List<Reachable> reachable,
      List<OutOfReach> outOfReach) {
    static Report of(BlastRadius.Report report) {
      List<Reachable> reachable = new ArrayList<>();
      List<OutOfReach> outOfReach = new ArrayList<>();
      for (RuleReach rule : report.rules()) {
        switch (rule) {
          case RuleReach.Possible possible ->
              reachable.add(
                  new Reachable(
                      possible.rule(),
                      possible.pattern(),
                      new TreeSet<>(possible.free()),
                      possible.assumptions()));
          case RuleReach.Impossible impossible ->
              outOfReach.add(new OutOfReach(impossible.rule(), impossible.why()));
        }
      }
      return new Report(
          report.machine(),
          report.banned(),
          report.ruleVersion(),
          report.mostIdentities(),
          reachable,
          outOfReach);
    }
  }

  /**
   * An identity, or all those that a pattern stands for.
   *
   * @param free facts in the pattern that can be any text of a path segment
   * @param assumes what the agent has to claim; whether it can is not decided but assumed
   */
  record Reachable(String rule, String pattern, Set<String> free, List<String> assumes) {}

  record OutOfReach(String rule, String why) {}
}
