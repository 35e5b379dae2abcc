package dev.alts.grpc.zerocode;

import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says what was taken over, each channel target and server port once. By the platform's logger,
 * which also a program without any logging framework shows. Thread-safe.
 */
final class TakeoverLog {
  private static final System.Logger log = System.getLogger("dev.alts.grpc.zerocode");

  // a program may make up targets without end
  private static final int MAX_TOLD = 1_000;

  private final Set<String> told = ConcurrentHashMap.newKeySet();

  void started(Settings settings, String agentSocket) {
    log.log(
        Level.INFO,
        "ALTS zero-code: mode={0} agent={1} targets={2} exempt={3}",
        settings.mode(),
        agentSocket,
        settings.targets(),
        settings.exempt());
    if (settings.mode() == Mode.PERMISSIVE) {
      log.log(
          Level.WARNING,
          "ALTS zero-code: permissive is not protection: who does not speak ALTS is spoken to in"
              + " clear text");
    }
  }

  void takenOver(String what, Mode mode) {
    if (told.size() < MAX_TOLD && told.add(what)) {
      log.log(Level.INFO, "ALTS zero-code: took over {0} ({1})", what, mode);
    }
  }

  void leftAlone(String what, String why) {
    if (told.size() < MAX_TOLD && told.add(what)) {
      log.log(Level.INFO, "ALTS zero-code: left {0} alone ({1})", what, why);
    }
  }
}
