package dev.alts.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HkdfTest {
  private final Hkdf hkdf = Crypto.best().hkdf();

  @Test
  void extractsAndExpandsAsWycheproofSays() {
    for (WycheproofCases.Case one : WycheproofCases.read("hkdf_sha256_test.json")) {
      byte[] key = hkdf.extract(one.hex("salt"), one.hex("ikm"));
      int size = one.test().get("size").getAsInt();
      if (one.isValid()) {
        assertThat(hkdf.expand(key, one.hex("info"), size)).as(one.id()).isEqualTo(one.hex("okm"));
      } else {
        assertThatThrownBy(() -> hkdf.expand(key, one.hex("info"), size))
            .as(one.id())
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void authenticatesAsWycheproofSays() {
    for (WycheproofCases.Case one : WycheproofCases.read("hmac_sha256_test.json")) {
      byte[] tag = one.hex("tag");
      byte[] mac = Arrays.copyOf(hkdf.hmac(one.hex("key"), one.hex("msg")), tag.length);
      assertThat(Arrays.equals(mac, tag)).as(one.id()).isEqualTo(one.isValid());
    }
  }
}
