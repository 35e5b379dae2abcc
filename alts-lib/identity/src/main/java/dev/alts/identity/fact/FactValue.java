package dev.alts.identity.fact;

import java.util.List;

/** The typed value of a fact. */
public sealed interface FactValue {
  record Text(String value) implements FactValue {}

  @SuppressWarnings("AvoidCommonTypeNames") // always written FactValue.Number
  record Number(long value) implements FactValue {}

  record Flag(boolean value) implements FactValue {}

  record TextList(List<String> values) implements FactValue {
    public TextList {
      values = List.copyOf(values);
    }
  }

  record NumberList(List<Long> values) implements FactValue {
    public NumberList {
      values = List.copyOf(values);
    }
  }
}
