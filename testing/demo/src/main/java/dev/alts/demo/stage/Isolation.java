package dev.alts.demo.stage;

import java.util.List;

/** How workloads on this machine are told apart, and what that is worth. */
public sealed interface Isolation permits IsolationByUid, IsolationByPath {
  /** The CEL condition that holds for the workload {@code name} and no other. */
  String condition(String name);

  /** {@return the command that runs a main class of the demo as the workload {@code name}} */
  List<String> command(String name, String mainClass, List<String> arguments);

  /** For people: what tells the workloads apart and what it protects against. */
  String explanation();
}
