package dev.alts.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SharedSourcesTest {
  private final List<CountedSource> opened = new ArrayList<>();
  private final SharedSources sources =
      new SharedSources(settings -> {
        CountedSource source = new CountedSource();
        opened.add(source);
        return source;
      });
  private final AgentCredentialSource.Settings settings =
      AgentCredentialSource.Settings.ofThisProcess()
          .withSocket(new AgentSocket(Path.of("/run/example/agent.sock")));

  @Test
  void usersOfOneSocketAndIdentityShareASourceUntilTheLastOneCloses() {
    CredentialSource first = sources.acquire(settings);
    CredentialSource second = sources.acquire(settings);

    first.close();
    first.close();
    assertThat(opened).hasSize(1);
    assertThat(opened.getFirst().closed).isZero();

    second.close();
    assertThat(opened.getFirst().closed).isOne();
    assertThat(sources.openSources()).isZero();
  }

  @Test
  void anotherIdentityHasItsOwnSource() {
    CredentialSource one = sources.acquire(settings);
    CredentialSource other =
        sources.acquire(settings.withIdentity(SpiffeId.parse("spiffe://example.org/other")));

    assertThat(opened).hasSize(2);
    one.close();
    other.close();
  }

  @Test
  void aClosedHandleIsNoUseWhileOthersGoOn() {
    CredentialSource one = sources.acquire(settings);
    CredentialSource other = sources.acquire(settings);
    one.close();

    assertThatThrownBy(one::get).isInstanceOf(CredentialsUnavailableException.class);
    assertThatThrownBy(other::get).hasMessage("asked");
    other.close();
  }

  @Test
  void eachUserWaitsForTheFirstSnapshotAsLongAsItSaid() {
    CredentialSource patient = sources.acquire(settings);
    CredentialSource hasty =
        sources.acquire(settings.withFirstSnapshotTimeout(Duration.ofSeconds(2)));

    assertThatThrownBy(patient::get).hasMessage("asked");
    assertThatThrownBy(hasty::get).hasMessage("asked");

    assertThat(opened.getFirst().waits)
        .containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(2));
    patient.close();
    hasty.close();
  }

  private static final class CountedSource implements PatientSource {
    final List<Duration> waits = new ArrayList<>();
    int closed;

    @Override
    public CredentialSnapshot get() {
      throw new AssertionError("a user without patience");
    }

    @Override
    public CredentialSnapshot get(Patience patience) {
      waits.add(patience.longest());
      throw new UnsupportedOperationException("asked");
    }

    @Override
    public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
      return () -> {};
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
