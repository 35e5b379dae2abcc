package dev.alts.credentials;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import dev.alts.soak.Races;
import dev.alts.testing.party.TestParty;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A shared source is open as long as anyone holds it, and is closed once. */
@Tag("soak")
@Tag("long-soak")
public class SharedSourcesRaceTest {
  private static final AgentCredentialSource.Settings SETTINGS =
      AgentCredentialSource.Settings.ofThisProcess()
          .withSocket(new AgentSocket(Path.of("/run/example/agent.sock")));
  private static final CredentialSnapshot SNAPSHOT = TestParty.ofNewDomain().snapshot("/caller");

  private final Queue<OpenOrClosed> opened = new ConcurrentLinkedQueue<>();
  private final SharedSources sources =
      new SharedSources(settings -> {
        OpenOrClosed source = new OpenOrClosed();
        opened.add(source);
        return source;
      });

  @Operation
  public boolean use() {
    try (CredentialSource source = sources.acquire(SETTINGS)) {
      return source.get() == SNAPSHOT;
    }
  }

  @Operation
  public boolean useTwo() {
    try (CredentialSource one = sources.acquire(SETTINGS);
        CredentialSource other = sources.acquire(SETTINGS)) {
      one.close();
      one.close();
      return other.get() == SNAPSHOT;
    }
  }

  @Validate
  public void everySourceIsClosedOnce() {
    if (sources.openSources() != 0) {
      throw new IllegalStateException("open: " + sources.openSources());
    }
    for (OpenOrClosed source : opened) {
      if (source.closed.get() != 1) {
        throw new IllegalStateException("closed %d times".formatted(source.closed.get()));
      }
    }
  }

  @Test
  void aSourceIsOpenWhileItIsHeld() {
    Races.explore(SharedSourcesRaceTest.class);
  }

  private static final class OpenOrClosed implements PatientSource {
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public CredentialSnapshot get() {
      if (closed.get() != 0) {
        throw new IllegalStateException("closed");
      }
      return SNAPSHOT;
    }

    @Override
    public CredentialSnapshot get(Patience patience) {
      return get();
    }

    @Override
    public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
      return () -> {};
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
