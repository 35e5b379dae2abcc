package dev.alts.demo.stage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every workload runs as a user of its own. Its jars are copies that others can read but not
 * change.
 *
 * <p>Thread-safe.
 */
final class IsolationByUid implements Isolation {
  // above the users of a usual machine, below the ranges of containers and dynamic users
  private static final int FIRST_UID = 58_000;

  private final Path java;
  private final Map<String, Integer> uids = new HashMap<>();

  IsolationByUid(Path java) {
    this.java = java;
  }

  @Override
  public String condition(String name) {
    return "workload.unix.uid == " + uid(name);
  }

  @Override
  public List<String> command(
      String name, List<Path> jars, String mainClass, List<String> arguments) {
    String uid = Integer.toString(uid(name));
    List<String> command =
        new ArrayList<>(List.of("setpriv", "--reuid", uid, "--regid", uid, "--clear-groups"));
    command.addAll(Programs.run(java, jars, mainClass, arguments));
    return command;
  }

  @Override
  public String explanation() {
    return "each workload runs as a user of its own; the kernel tells the agent which, so no"
        + " workload can take another's identity";
  }

  private synchronized int uid(String name) {
    return uids.computeIfAbsent(name, _ -> FIRST_UID + uids.size());
  }
}
