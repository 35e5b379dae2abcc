package dev.alts.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CryptoTest {
  @Test
  void oneLineSaysWhichProviderDoesWhat() {
    assertThat(Crypto.best().description())
        .matches(
            "X25519 \\S+, ML-KEM-768 \\S+, AES-GCM \\S+, GMAC \\S+, AES \\S+, HMAC-SHA256 \\S+");
  }

  @Test
  void noProviderIsInstalledForTheWholeJvm() {
    Crypto.best();

    assertThat(Arrays.stream(Security.getProviders()).map(Provider::getName))
        .doesNotContain("Conscrypt", "BC", "AmazonCorrettoCryptoProvider");
  }
}
