package dev.alts.soak;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Both ways of looking find a cache that hands one thing out twice. */
@Tag("soak")
class RacesTest {
  @Test
  void exploringFindsWhatIsTakenTwice() {
    assertThatThrownBy(() -> Races.explore(TakenTwice.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  /** One thing, and nobody looks after it between look and take. */
  public static class TakenTwice {
    private volatile boolean there;

    @Operation
    public void put() {
      there = true;
    }

    @Operation
    public boolean take() {
      boolean taken = there;
      there = false;
      return taken;
    }
  }
}
