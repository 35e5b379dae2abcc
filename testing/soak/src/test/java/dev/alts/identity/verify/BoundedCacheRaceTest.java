package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import dev.alts.soak.Races;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cache of verified chains and certificates never says what was not put, nor too much. */
@Tag("soak")
@Param(name = "key", gen = IntGen.class, conf = "1:3")
public class BoundedCacheRaceTest {
  private final BoundedCache<Integer> cache = new BoundedCache<>(2);

  @Operation
  public int get(@Param(name = "key") int key) {
    return cache.get(Bytes.copyOf(new byte[] {(byte) key})).orElse(0);
  }

  @Operation
  public void put(@Param(name = "key") int key) {
    cache.put(Bytes.copyOf(new byte[] {(byte) key}), key);
  }

  @Operation
  public int size() {
    return cache.size();
  }

  @Test
  void successesAreRememberedAsOneThreadWould() {
    Races.explore(BoundedCacheRaceTest.class);
  }
}
