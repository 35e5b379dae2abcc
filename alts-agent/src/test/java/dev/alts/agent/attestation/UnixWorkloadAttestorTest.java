package dev.alts.agent.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.agent.fake.Poll;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts of real processes. */
class UnixWorkloadAttestorTest {
  private static final FactFootprint ALL = new FactFootprint(Set.of("workload.unix"));

  @TempDir Path directory;
  private final UnixWorkloadAttestor attestor = new UnixWorkloadAttestor();
  private final List<Process> children = new ArrayList<>();

  @AfterEach
  void stop() {
    children.forEach(Process::destroyForcibly);
  }

  @Test
  void readsUserGroupsPathAndDigestOfTheExecutable() throws Exception {
    Path executable = copyOfSleep("web");
    WorkloadFacts facts = attest(run(executable.toString(), "60"), ALL);

    assertThat(facts.missing()).isEmpty();
    assertThat(value(facts, "workload.unix.uid"))
        .isEqualTo(new FactValue.Number(Integer.toUnsignedLong(OwnProcess.uid())));
    assertThat(value(facts, "workload.unix.path"))
        .isEqualTo(new FactValue.Text(executable.toRealPath().toString()));
    assertThat(value(facts, "workload.unix.sha256"))
        .isEqualTo(new FactValue.Text(sha256(executable)));
    assertThat(value(facts, "workload.unix.user"))
        .isEqualTo(new FactValue.Text(System.getProperty("user.name")));
    assertThat(value(facts, "workload.unix.gids")).isInstanceOf(FactValue.NumberList.class);
    assertThat(value(facts, "workload.unix.supplementary_gids"))
        .isEqualTo(new FactValue.NumberList(supplementaryGroups()));
  }

  private static List<Long> supplementaryGroups() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("Groups:"))
        .flatMap(line -> Stream.of(line.substring("Groups:".length()).trim().split("\\s+")))
        .filter(group -> !group.isEmpty())
        .map(Long::valueOf)
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void readsNothingThatTheFootprintDoesNot() throws Exception {
    WorkloadFacts facts =
        attest(run("sleep", "60"), new FactFootprint(Set.of("workload.unix.uid")));

    assertThat(facts.facts()).extracting(Fact::name).containsExactly("workload.unix.uid");
  }

  @Test
  @Tag("abuse-19")
  void replacedExecutableHasNoPathButItsOwnDigest() throws Exception {
    Path executable = copyOfSleep("web");
    String original = sha256(executable);
    PeerProcess process = run(executable.toString(), "60");
    Path other = Files.writeString(directory.resolve("other"), "another program");
    Files.move(other, executable, StandardCopyOption.REPLACE_EXISTING);

    WorkloadFacts facts = attest(process, ALL);

    assertThat(value(facts, "workload.unix.sha256")).isEqualTo(new FactValue.Text(original));
    assertThat(names(facts)).doesNotContain("workload.unix.path");
    assertThat(facts.missing()).singleElement().asString().contains("deleted or replaced");
  }

  @Test
  @Tag("abuse-19")
  void symbolicLinkDoesNotChangeThePath() throws Exception {
    Path executable = copyOfSleep("real");
    Path link = Files.createSymbolicLink(directory.resolve("pay"), executable);

    WorkloadFacts facts = attest(run(link.toString(), "60"), ALL);

    assertThat(value(facts, "workload.unix.path"))
        .isEqualTo(new FactValue.Text(executable.toRealPath().toString()));
  }

  @Test
  @Tag("abuse-19")
  void pathInAnotherMountNamespaceIsNoFact() throws Exception {
    assumeTrue(OwnProcess.uid() == 0, "a mount namespace needs root");
    Path executable = copyOfSleep("pay");
    // The process mounts its own program over a path that rules may name.
    PeerProcess process =
        run(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount --bind %s /bin/true && exec /bin/true 60".formatted(executable));
    Poll.until(
        "the program runs",
        () -> Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/exe")).endsWith("true"));

    WorkloadFacts facts = attest(process, ALL);

    assertThat(names(facts)).doesNotContain("workload.unix.path").contains("workload.unix.sha256");
    assertThat(value(facts, "workload.unix.sha256"))
        .isEqualTo(new FactValue.Text(sha256(executable)));
    assertThat(facts.missing()).singleElement().asString().contains("another mount namespace");
  }

  @Test
  @Tag("abuse-20")
  void rootOfAUserNamespaceHasItsOutsideUser() throws Exception {
    assumeTrue(OwnProcess.uid() == 0, "another user's namespace needs root to start it");
    PeerProcess process =
        run(
            "setpriv",
            "--reuid=1234",
            "--regid=1234",
            "--clear-groups",
            "unshare",
            "--user",
            "--map-root-user",
            "sleep",
            "60");
    Poll.until(
        "the program runs",
        () -> Files.readString(Path.of("/proc/" + process.pid() + "/comm")).startsWith("sleep"));

    PeerProcess asConnected = PeerProcess.of(byPid(), -1, process.pid(), 1234, 1234);

    assertThat(value(attestor.attest(asConnected, ALL), "workload.unix.uid"))
        .isEqualTo(new FactValue.Number(1234));
    asConnected.close();
  }

  private Path copyOfSleep(String name) throws Exception {
    Path copy = directory.resolve(name);
    // A binary with one meaning per file: where sleep is part of busybox its name decides.
    Files.copy(Path.of("/bin/sleep").toRealPath(), copy, StandardCopyOption.COPY_ATTRIBUTES);
    return copy;
  }

  private PeerProcess run(String... command) throws Exception {
    Process child = new ProcessBuilder(command).start();
    children.add(child);
    int pid = (int) child.pid();
    if (command[0].equals("setpriv")) {
      // it starts as us; what is attested is who it becomes
      Poll.until("setpriv has changed the user", () -> ProcessStatus.read(pid).uid() != 0);
    }
    int uid = ProcessStatus.read(pid).uid();
    return PeerProcess.of(byPid(), -1, pid, uid, 0);
  }

  private WorkloadFacts attest(PeerProcess process, FactFootprint footprint) throws Exception {
    try (process) {
      return attestor.attest(process, footprint);
    }
  }

  private static PidfdSource byPid() {
    return new PidfdSource() {
      @Override
      public int ofPeer(int socket) throws KernelException {
        throw new KernelException("getsockopt(SO_PEERPIDFD)", KernelException.ENOPROTOOPT);
      }

      @Override
      public int ofPid(int pid) throws KernelException {
        return Kernel.pidfdOpen(pid);
      }
    };
  }

  private static FactValue value(WorkloadFacts facts, String name) {
    return facts.facts().stream()
        .filter(fact -> fact.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  private static List<String> names(WorkloadFacts facts) {
    return facts.facts().stream().map(Fact::name).toList();
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
