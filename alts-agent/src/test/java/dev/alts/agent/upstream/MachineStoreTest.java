package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineStoreTest {
  @TempDir private Path directory;

  @Test
  void oneDirectoryHasOneAgentAtATime() throws Exception {
    MachineStore store = MachineStore.in(directory.resolve("data"));
    try (AutoCloseable claim = store.claim()) {
      assertThatThrownBy(store::claim)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another agent uses it");
    }
    store.claim().close();
  }
}
