package dev.alts.agent.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessStatusTest {
  private static final String STATUS =
      "Name:\tx\nUid:\t0\t1000\t0\t0\nGid:\t5\t6\t7\t8\nGroups:\t4 24 \nNSpid:\t1\n";

  @Test
  void effectiveUserAndGroupCount() throws Exception {
    ProcessStatus status = ProcessStatus.parse(stat("x", 'S', 4711), STATUS);

    assertThat(status).isEqualTo(new ProcessStatus('S', 4711, 1000, 6, List.of(4, 24)));
  }

  @Test
  void commandNameCannotForgeTheStartTime() throws Exception {
    String name = "x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 99 (";

    assertThat(ProcessStatus.parse(stat(name, 'R', 4711), STATUS).startTime()).isEqualTo(4711);
  }

  @Test
  void zombieIsDead() throws Exception {
    assertThat(ProcessStatus.parse(stat("x", 'Z', 1), STATUS).isDead()).isTrue();
    assertThat(ProcessStatus.parse(stat("x", 'D', 1), STATUS).isDead()).isFalse();
  }

  @Test
  void processWithoutSupplementaryGroupsHasNone() throws Exception {
    String status = STATUS.replace("4 24 ", "");

    assertThat(ProcessStatus.parse(stat("x", 'S', 1), status).groups()).isEmpty();
  }

  @Test
  void largestUserNumberIsNotNegativeOutside() throws Exception {
    String status = STATUS.replace("1000", "4294967294");

    assertThat(Integer.toUnsignedString(ProcessStatus.parse(stat("x", 'S', 1), status).uid()))
        .isEqualTo("4294967294");
  }

  @Test
  void truncatedContentIsAnError() {
    String stat = stat("x", 'S', 4711);
    for (int length = 0; length <= stat.indexOf("4711"); length++) {
      String part = stat.substring(0, length);
      assertThatThrownBy(() -> ProcessStatus.parse(part, STATUS)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> ProcessStatus.parse(stat, "Name:\tx\n"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void footprintNameStandsForEverythingBelowIt() {
    FactFootprint footprint = new FactFootprint(Set.of("workload.unix.uid", "workload.k8s"));

    assertThat(footprint.reads("workload.unix.uid")).isTrue();
    assertThat(footprint.reads("workload.unix.uidx")).isFalse();
    assertThat(footprint.reads("workload.unix")).isFalse();
    assertThat(footprint.reads("workload.k8s.pod.name")).isTrue();
  }

  private static String stat(String name, char state, long startTime) {
    return "12 (%s) %c 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 1000 10\n"
        .formatted(name, state, startTime);
  }
}
