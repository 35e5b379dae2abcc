package dev.alts.ca.resumption;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResumptionKeyDerivationTest {
  private static final SpiffeId WEB = SpiffeId.parse("spiffe://demo.alts/web");

  /**
   * Computed by an independent HKDF-Expand (Python's hmac and hashlib) from handshake.md 2 and 11.
   */
  @Test
  void keyIsTheOneThatTheSpecificationGives() {
    assertThat(derive(WEB, "rack-7", 3))
        .isEqualTo(
            Bytes.fromHex("52082714f8babc7b1d1e296818933a42f0cf4e9f04aa5f9263b91c756ed2360c"));
  }

  @Test
  void everyInputCounts() {
    Set<Bytes> keys = new HashSet<>();
    keys.add(derive(WEB, "", 0));
    keys.add(derive(WEB, "a", 0));
    keys.add(derive(WEB, "", 1));
    keys.add(derive(SpiffeId.parse("spiffe://demo.alts/weba"), "", 0));

    assertThat(keys).hasSize(4);
  }

  private static Bytes derive(SpiffeId id, String boundary, int generation) {
    byte[] root = new byte[32];
    for (int i = 0; i < root.length; i++) {
      root[i] = (byte) i;
    }
    try (SecretBytes secret = SecretBytes.adopt(root);
        SecretBytes key = ResumptionKeyDerivation.derive(secret, id, boundary, generation)) {
      return Bytes.copyOf(key.exposeCopy());
    }
  }
}
