package dev.alts.ca.watch;

import java.util.Optional;

/** Topics of the watch stream; the number is that of {@code alts.machine.v1.Topic}. */
public enum WatchTopic {
  TRUST_DOCUMENT(1, Kind.STATE, false),
  REVOCATION_LIST(2, Kind.STATE, false),
  NAMING_POLICY(3, Kind.STATE, false),
  RECORD_POLICY(4, Kind.STATE, false),
  FOREIGN_DOMAIN_POLICY(5, Kind.STATE, false),
  AUTHORIZATION_POLICY(6, Kind.STATE, false),
  RULES(7, Kind.STATE, false),
  PACING(8, Kind.STATE, false),
  GRANTS(9, Kind.LOG, true),
  RESUMPTION_KEYS(10, Kind.LOG, true),
  EVICTION(11, Kind.LOG, true),
  AUDIT_CHECKPOINT(12, Kind.STATE, false),
  REVOCATION_POLICY(13, Kind.STATE, false),
  JWT_BUNDLE(14, Kind.STATE, false),
  FEDERATED_DOMAINS(55, Kind.STATE, false);

  /** Whether only the latest event counts, or every one. */
  public enum Kind {
    STATE,
    LOG
  }

  private final int number;
  private final Kind kind;
  private final boolean perMachine;

  WatchTopic(int number, Kind kind, boolean perMachine) {
    this.number = number;
    this.kind = kind;
    this.perMachine = perMachine;
  }

  public int number() {
    return number;
  }

  public Kind kind() {
    return kind;
  }

  /** {@return the scope of this topic's events for {@code machine}} */
  public String scopeFor(String machine) {
    return perMachine ? machine : "";
  }

  public boolean isPerMachine() {
    return perMachine;
  }

  public static Optional<WatchTopic> ofNumber(int number) {
    for (WatchTopic topic : values()) {
      if (topic.number == number) {
        return Optional.of(topic);
      }
    }
    return Optional.empty();
  }
}
