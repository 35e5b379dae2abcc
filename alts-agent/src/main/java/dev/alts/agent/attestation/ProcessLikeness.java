package dev.alts.agent.attestation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Everything of a process that some fact could be made of; equal ones get equal identities. */
record ProcessLikeness(
    int uid,
    int gid,
    List<Integer> groups,
    String executable,
    List<String> namespaces,
    String cgroup) {
  private static final List<String> NAMESPACES = List.of("mnt", "pid", "net", "user");

  static ProcessLikeness of(int pid) throws PeerLostException {
    Path directory = Path.of("/proc", Integer.toString(pid));
    try {
      ProcessStatus status = ProcessStatus.read(pid);
      List<String> namespaces = new ArrayList<>();
      for (String name : NAMESPACES) {
        namespaces.add(Files.readSymbolicLink(directory.resolve("ns").resolve(name)).toString());
      }
      Path executable = directory.resolve("exe");
      return new ProcessLikeness(
          status.uid(),
          status.gid(),
          status.groups(),
          Files.readSymbolicLink(executable) + " " + Files.getAttribute(executable, "unix:ino"),
          namespaces,
          Files.readString(directory.resolve("cgroup")));
    } catch (IOException e) {
      throw new PeerLostException("process %d: it cannot be compared".formatted(pid), e);
    }
  }
}
