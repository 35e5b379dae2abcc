package dev.alts.demo.stage;

import java.nio.file.Path;
import java.util.List;

/** How workloads on this machine are told apart, and what that is worth. */
public sealed interface Isolation permits IsolationByUid, IsolationByPath {
  /** The CEL condition that holds for the workload {@code name} and no other. */
  String condition(String name);

  /**
   * {@return the command that runs {@code mainClass} as the workload {@code name}}
   *
   * @param jars where the class is; their libraries lie in lib beside them
   */
  List<String> command(String name, List<Path> jars, String mainClass, List<String> arguments);

  /** For people: what tells the workloads apart and what it protects against. */
  String explanation();
}
