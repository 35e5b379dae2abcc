package dev.alts.ca.machine;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.identity.Bytes;
import dev.alts.identity.fact.FactSet;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What an agent said about a process.
 *
 * @param unavailable attestors that it could not ask
 * @param asked SPIFFE ID that was asked for; empty: the default
 * @param since when it said so
 * @param doubts why it may not be what was said
 */
record Statement(
    FactSet facts, Set<String> unavailable, String asked, Instant since, List<String> doubts) {
  Statement {
    unavailable = Set.copyOf(unavailable);
    doubts = List.copyOf(doubts);
  }

  /** {@return the statement that was kept as {@code question}} */
  static Statement of(Bytes question, Instant since, List<String> doubts) {
    IssueItem item;
    try {
      item = IssueItem.parseFrom(question.toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored question is damaged", e);
    }
    try {
      return new Statement(
          WireFacts.ofAgent(item.getFactsList()),
          WireFacts.unavailable(item.getUnavailableList()),
          item.getSpiffeId(),
          since,
          doubts);
    } catch (IllegalArgumentException e) {
      // Refused for what it was: nothing of it can be judged again.
      return new Statement(
          FactSet.of(List.of()),
          Set.of(),
          item.getSpiffeId(),
          since,
          List.of("what the agent said was no statement of facts: " + e.getMessage()));
    }
  }

  /** {@return whether all of {@code wanted} was said} */
  boolean says(FactSet wanted) {
    return wanted.facts().keySet().stream()
        .allMatch(name -> facts.value(name).equals(wanted.value(name)));
  }
}
