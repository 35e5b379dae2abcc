package dev.alts.agent.attestation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What /proc says of a process at one moment. Only true of the process that was meant if that
 * process still holds its pid afterwards; {@link PeerProcess} sees to that.
 *
 * @param state R, S, D, T, t, I, or Z and X for what has ended
 * @param startTime clock ticks between boot and the start of the process
 * @param uid effective user, as this agent's user namespace numbers it
 * @param gid effective group
 * @param groups supplementary groups
 */
record ProcessStatus(char state, long startTime, int uid, int gid, List<Integer> groups) {
  // proc_pid_stat(5) counts from 1; the fields behind the command name start with 3, state.
  private static final int START_TIME_FIELD = 22;
  private static final int EFFECTIVE = 1;

  ProcessStatus {
    groups = List.copyOf(groups);
  }

  static ProcessStatus read(int pid) throws IOException {
    return read(Path.of("/proc", Integer.toString(pid)));
  }

  static ProcessStatus readSelf() throws IOException {
    return read(Path.of("/proc/self"));
  }

  private static ProcessStatus read(Path directory) throws IOException {
    return parse(
        Files.readString(directory.resolve("stat"), StandardCharsets.ISO_8859_1),
        Files.readString(directory.resolve("status"), StandardCharsets.ISO_8859_1));
  }

  static ProcessStatus parse(String stat, String status) throws IOException {
    try {
      // The command name is the process's own choice and may hold ") 1 2 3": take the last bracket.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
      return new ProcessStatus(
          fields[0].charAt(0),
          Long.parseLong(fields[START_TIME_FIELD - 3]),
          Integer.parseUnsignedInt(line(status, "Uid:")[EFFECTIVE]),
          Integer.parseUnsignedInt(line(status, "Gid:")[EFFECTIVE]),
          Arrays.stream(line(status, "Groups:"))
              .filter(text -> !text.isEmpty())
              .map(Integer::parseUnsignedInt)
              .toList());
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IOException("/proc: no process status in what was read", e);
    }
  }

  /** Ended but not reaped: a socket that it left to others must not speak for it. */
  boolean isDead() {
    return state == 'Z' || state == 'X';
  }

  private static String[] line(String status, String name) throws IOException {
    return status
        .lines()
        // The "Name:" line is the only one a process can shape, and newlines in it are escaped.
        .filter(text -> text.startsWith(name))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc: no line " + name))
        .substring(name.length())
        .trim()
        .split("\\s+");
  }
}
