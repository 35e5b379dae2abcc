package dev.alts.agent.attestation;

import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * Facts that every Unix process has: user, groups, executable. Arguments and environment are never
 * facts, since every process chooses its own.
 *
 * <p>The executable's path is only a fact in the agent's own mount namespace (abuse-19): elsewhere
 * whoever made the namespace chose what lies at that path. Its digest is taken of the file that the
 * process runs, opened through /proc/PID/exe, whatever lies at that path now.
 */
public final class UnixWorkloadAttestor implements WorkloadAttestor {
  static final String NAME = "unix";
  static final String UID = "workload.unix.uid";
  static final String USER = "workload.unix.user";
  static final String GID = "workload.unix.gid";
  static final String GIDS = "workload.unix.gids";
  static final String SUPPLEMENTARY_GIDS = "workload.unix.supplementary_gids";
  static final String PATH = "workload.unix.path";
  static final String SHA256 = "workload.unix.sha256";

  /** Larger executables are not read: hashing is work that any local process may ask for. */
  private static final long MAX_EXECUTABLE_BYTES = 1L << 30;

  private static final String DELETED = " (deleted)";

  private final Path proc;

  public UnixWorkloadAttestor() {
    this.proc = Path.of("/proc");
  }

  @Override
  public WorkloadFacts attest(PeerProcess process, FactFootprint footprint)
      throws PeerLostException {
    Found found = new Found(footprint);
    ProcessStatus status = process.status();
    found.add(UID, () -> number(process.uid()));
    found.add(USER, () -> new FactValue.Text(userName(process.uid())));
    found.add(GID, () -> number(process.gid()));
    found.add(GIDS, () -> groups(process.gid(), status.groups()));
    found.add(SUPPLEMENTARY_GIDS, () -> sorted(status.groups()));
    Path executable = proc.resolve(Integer.toString(process.pid())).resolve("exe");
    found.add(PATH, () -> new FactValue.Text(path(process, executable)));
    found.add(SHA256, () -> new FactValue.Text(sha256(executable)));
    process.requireUnchanged();
    return new WorkloadFacts(found.facts, found.missing);
  }

  private static FactValue number(int id) {
    return new FactValue.Number(Integer.toUnsignedLong(id));
  }

  private static FactValue groups(int gid, List<Integer> supplementary) {
    List<Integer> all = new ArrayList<>(supplementary);
    all.add(gid);
    return sorted(all);
  }

  private static FactValue sorted(List<Integer> groups) {
    TreeSet<Long> sorted = new TreeSet<>();
    groups.forEach(group -> sorted.add(Integer.toUnsignedLong(group)));
    return new FactValue.NumberList(List.copyOf(sorted));
  }

  private static String userName(int uid) throws IOException {
    return Kernel.userName(uid)
        .orElseThrow(() -> new IOException("no user has number " + Integer.toUnsignedString(uid)));
  }

  private String path(PeerProcess process, Path executable) throws IOException {
    String own = Files.readSymbolicLink(proc.resolve("self/ns/mnt")).toString();
    String its =
        Files.readSymbolicLink(proc.resolve(Integer.toString(process.pid())).resolve("ns/mnt"))
            .toString();
    if (!own.equals(its)) {
      throw new IOException("the process runs in another mount namespace than the agent");
    }
    String target = Files.readSymbolicLink(executable).toString();
    if (target.endsWith(DELETED)) {
      throw new IOException(
          "the executable has been deleted or replaced since the process started");
    }
    // What lies at the path now must still be what runs.
    if (!Files.exists(Path.of(target)) || !Files.isSameFile(executable, Path.of(target))) {
      throw new IOException("the executable's path leads to another file by now");
    }
    return target;
  }

  private static String sha256(Path executable) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
    byte[] buffer = new byte[65_536];
    long total = 0;
    try (InputStream file = Files.newInputStream(executable)) {
      for (int n = file.read(buffer); n >= 0; n = file.read(buffer)) {
        digest.update(buffer, 0, n);
        total += n;
        if (total > MAX_EXECUTABLE_BYTES) {
          throw new IOException("the executable is larger than 1 GiB");
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private interface FactReader {
    FactValue read() throws IOException;
  }

  private static final class Found {
    private final FactFootprint footprint;
    private final List<Fact> facts = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    Found(FactFootprint footprint) {
      this.footprint = footprint;
    }

    void add(String name, FactReader reader) throws PeerLostException {
      if (!footprint.reads(name)) {
        return;
      }
      try {
        facts.add(new Fact(name, reader.read(), Provenance.STATED_BY_AGENT, NAME));
      } catch (NoSuchFileException e) {
        // A process that is ending loses its executable before it loses its pid.
        throw new PeerLostException("the peer process has ended", e);
      } catch (IOException e) {
        missing.add(name + ": " + reason(e));
      }
    }

    private static String reason(IOException failure) {
      if (failure instanceof AccessDeniedException) {
        return "the agent may not read it (it needs CAP_SYS_PTRACE for processes of other users)";
      }
      if (failure instanceof FileSystemException) {
        return "not readable in /proc";
      }
      return String.valueOf(failure.getMessage());
    }
  }
}
