package dev.alts.ca.issuance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A scope as a condition on the table {@code certificate c}. */
final class ScopeCondition {
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final String text;

  ScopeCondition(LedgerScope scope) {
    this.text = scope.whole() ? "true" : anyOf(scope.parts());
  }

  String text() {
    return text;
  }

  Map<String, Object> parameters() {
    return parameters;
  }

  private String anyOf(List<LedgerScope.Part> parts) {
    List<String> any = new ArrayList<>();
    for (LedgerScope.Part part : parts) {
      List<String> all = new ArrayList<>();
      if (!part.identities().isEmpty()) {
        // A whole segment: what is below /prod is not below /production.
        String name = "within" + any.size();
        all.add("(c.spiffe_id = :%s or c.spiffe_id like :%sBelow)".formatted(name, name));
        parameters.put(name, part.identities());
        parameters.put(name + "Below", CertificateConditions.literally(part.identities() + "/"));
      }
      part.machines()
          .ifPresent(machines -> {
            String name = "withinMachines" + any.size();
            all.add("c.machine = any(:%s)".formatted(name));
            parameters.put(name, machines.toArray(String[]::new));
          });
      any.add(all.isEmpty() ? "true" : String.join(" and ", all));
    }
    return any.isEmpty() ? "false" : "(" + String.join(" or ", any) + ")";
  }
}
