package dev.alts.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.SpiffeId;
import org.junit.jupiter.api.Test;

class UnnamedTargetsTest {
  private static final SpiffeId SERVER = SpiffeId.parse("spiffe://example.org/web");

  private final UnnamedTargets targets = new UnnamedTargets();

  @Test
  void everyConnectionCountsAndEachTargetIsToldOnce() {
    targets.accept("pay:443", SERVER);
    targets.accept("pay:443", SERVER);
    targets.accept("web:443", SERVER);

    assertThat(targets.count()).isEqualTo(3);
    assertThat(targets.targetsTold()).isEqualTo(2);
  }

  @Test
  void targetsWithoutEndFillNeitherMemoryNorLog() {
    for (int i = 0; i < 3_000; i++) {
      targets.accept("host-" + i, SERVER);
    }

    assertThat(targets.count()).isEqualTo(3_000);
    assertThat(targets.targetsTold()).isEqualTo(1_000);
  }
}
