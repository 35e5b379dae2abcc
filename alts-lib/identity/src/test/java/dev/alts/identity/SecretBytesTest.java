package dev.alts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SecretBytesTest {
  @Test
  void copyThatMeetsTheWipeIsWholeOrRefused() {
    byte[] whole = new byte[1 << 20];
    Arrays.fill(whole, (byte) 1);
    for (int round = 0; round < 100; round++) {
      SecretBytes secret = SecretBytes.copyOf(whole);
      CompletableFuture<Void> wipe = CompletableFuture.runAsync(secret::close);
      try {
        while (true) {
          assertThat(Arrays.mismatch(secret.exposeCopy(), whole)).isNegative();
        }
      } catch (IllegalStateException wiped) {
        assertThat(wiped).hasMessageContaining("already wiped");
      }
      wipe.join();
    }
  }

  @Test
  void wipedSecretsAreNotEqualButGone() {
    SecretBytes one = SecretBytes.copyOf(new byte[] {1});
    SecretBytes other = SecretBytes.copyOf(new byte[] {2});
    one.close();
    other.close();

    assertThatIllegalStateException().isThrownBy(() -> one.equalsSecret(other));
  }
}
