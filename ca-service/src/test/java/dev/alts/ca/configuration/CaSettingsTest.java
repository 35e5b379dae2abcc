package dev.alts.ca.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.TrustDomain;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CaSettingsTest {
  private static final CaSettings.Lifetimes LIFETIMES =
      new CaSettings.Lifetimes(
          Duration.ofDays(365),
          Duration.ofHours(24),
          Duration.ofHours(1),
          Duration.ofHours(24),
          Duration.ofHours(20),
          Duration.ofHours(24));

  @Test
  void keyEncryptionKeyInsideTheDataDirectoryIsRefused() {
    assertThatThrownBy(() -> settings("/data", "/data/kek"))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("lies inside the data directory")
        .hasMessageContaining("Name a file outside it.");
    assertThat(settings("/data", "/data-kek/key").keyEncryptionKeyFile())
        .isEqualTo(Path.of("/data-kek/key"));
  }

  @Test
  void humanCertificatesLiveTwentyHoursAtMost() {
    assertThat(withHuman(Duration.ofHours(20)).human()).isEqualTo(Duration.ofHours(20));
    assertThatThrownBy(() -> withHuman(Duration.ofHours(20).plusSeconds(1)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("alts.ca.lifetimes.human");
  }

  @Test
  void rootGetsTheSystemsDirectoriesAndOthersTheirOwn() {
    DefaultLocations root = new DefaultLocations(true, Path.of("/root"));
    DefaultLocations user = new DefaultLocations(false, Path.of("/home/ada"));

    assertThat(root.dataDirectory(null)).isEqualTo(Path.of("/var/lib/alts/ca"));
    assertThat(user.dataDirectory(null)).isEqualTo(Path.of("/home/ada/.local/share/alts/ca"));
    assertThat(user.dataDirectory(Path.of("/x/../y"))).isEqualTo(Path.of("/y"));
  }

  @Test
  void refusedStartIsToldAsTwoSentences() {
    StartRefusedException refused = new StartRefusedException("It is broken.", "Mend it.");

    assertThat(new StartRefusedAnalyzer().analyze(refused))
        .satisfies(analysis -> {
          assertThat(analysis.getDescription()).isEqualTo("It is broken.");
          assertThat(analysis.getAction()).isEqualTo("Mend it.");
        });
  }

  private static CaSettings settings(String dataDirectory, String keyEncryptionKey) {
    return new CaSettings(
        new TrustDomain("test.alts"),
        Path.of(dataDirectory),
        Path.of(keyEncryptionKey),
        Path.of("/cache"),
        "127.0.0.1",
        0,
        LIFETIMES);
  }

  private static CaSettings.Lifetimes withHuman(Duration human) {
    return new CaSettings.Lifetimes(
        LIFETIMES.authority(),
        LIFETIMES.machine(),
        LIFETIMES.workload(),
        LIFETIMES.workloadLimit(),
        human,
        LIFETIMES.trustDocument());
  }
}
