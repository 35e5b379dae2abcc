package dev.alts.ca.machine;

import dev.alts.api.fact.v1.UnavailableFacts;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Facts between wire and value.
 *
 * <p>An agent may state {@code workload.*} and nothing else: {@code machine.*} come from our own
 * record, whatever the agent sends (abuse case 3). Failures are {@link IllegalArgumentException}s
 * that say what is wrong.
 */
final class WireFacts {
  private static final int MAX_FACTS = 64;
  private static final int MAX_UNAVAILABLE = 16;
  private static final int MAX_ATTESTOR = 64;

  private WireFacts() {}

  static FactSet ofAgent(List<dev.alts.api.fact.v1.Fact> stated) {
    requireAtMost("facts", stated.size(), MAX_FACTS);
    List<Fact> facts = new ArrayList<>();
    for (dev.alts.api.fact.v1.Fact fact : stated) {
      if (fact.getProvenance() != dev.alts.api.fact.v1.Provenance.STATED_BY_AGENT) {
        throw new IllegalArgumentException(
            "fact %s: provenance %d (expected: STATED_BY_AGENT)"
                .formatted(fact.getName(), fact.getProvenanceValue()));
      }
      requireAtMost("attestor", fact.getAttestor().length(), MAX_ATTESTOR);
      facts.add(
          new Fact(fact.getName(), value(fact), Provenance.STATED_BY_AGENT, fact.getAttestor()));
    }
    return FactSet.of(facts);
  }

  /** {@return what the CA has kept of a pod's token} */
  static FactSet ofPod(List<dev.alts.api.fact.v1.Fact> kept) {
    return FactSet.of(
        kept.stream()
            .map(fact ->
                new Fact(
                    fact.getName(), value(fact), Provenance.VERIFIED_BY_CA, fact.getAttestor()))
            .toList());
  }

  private static FactValue value(dev.alts.api.fact.v1.Fact fact) {
    return switch (fact.getValueCase()) {
      case STRING_VALUE -> new FactValue.Text(fact.getStringValue());
      case INT_VALUE -> new FactValue.Number(fact.getIntValue());
      case BOOL_VALUE -> new FactValue.Flag(fact.getBoolValue());
      case STRING_LIST -> new FactValue.TextList(fact.getStringList().getValuesList());
      case INT_LIST -> new FactValue.NumberList(fact.getIntList().getValuesList());
      case VALUE_NOT_SET ->
          throw new IllegalArgumentException("fact %s: no value".formatted(fact.getName()));
    };
  }

  /** {@return the attestors that the agent could not ask} */
  static Set<String> unavailable(List<UnavailableFacts> stated) {
    requireAtMost("unavailable attestors", stated.size(), MAX_UNAVAILABLE);
    Set<String> attestors = new TreeSet<>();
    for (UnavailableFacts unavailable : stated) {
      requireAtMost("attestor", unavailable.getAttestor().length(), MAX_ATTESTOR);
      attestors.add(unavailable.getAttestor());
    }
    return attestors;
  }

  private static void requireAtMost(String what, int count, int max) {
    if (count > max) {
      throw new IllegalArgumentException(
          "%s: %d (expected: at most %d)".formatted(what, count, max));
    }
  }

  /** {@return what the CA itself knows about a machine} */
  static FactSet ofMachine(Authenticated machine) {
    List<Fact> facts = new ArrayList<>();
    facts.add(verified("machine.name", machine.name().text(), machine.attestor()));
    facts.add(verified("machine.boundary", machine.properties().boundary(), machine.attestor()));
    facts.add(verified("machine.attestor", machine.attestor(), machine.attestor()));
    machine
        .properties()
        .labels()
        .forEach((key, value) ->
            facts.add(verified("machine.labels." + key, value, machine.attestor())));
    return FactSet.of(facts);
  }

  private static Fact verified(String name, String value, String attestor) {
    return new Fact(name, new FactValue.Text(value), Provenance.VERIFIED_BY_CA, attestor);
  }

  static List<dev.alts.api.fact.v1.Fact> toWire(FactSet facts) {
    return facts.facts().values().stream().map(WireFacts::toWire).toList();
  }

  private static dev.alts.api.fact.v1.Fact toWire(Fact fact) {
    dev.alts.api.fact.v1.Fact.Builder wire =
        dev.alts.api.fact.v1.Fact.newBuilder()
            .setName(fact.name())
            .setProvenanceValue(fact.provenance().number())
            .setAttestor(fact.attestor());
    switch (fact.value()) {
      case FactValue.Text text -> wire.setStringValue(text.value());
      case FactValue.Number number -> wire.setIntValue(number.value());
      case FactValue.Flag flag -> wire.setBoolValue(flag.value());
      case FactValue.TextList list ->
          wire.setStringList(
              dev.alts.api.fact.v1.StringList.newBuilder().addAllValues(list.values()));
      case FactValue.NumberList list ->
          wire.setIntList(dev.alts.api.fact.v1.Int64List.newBuilder().addAllValues(list.values()));
    }
    return wire.build();
  }
}
