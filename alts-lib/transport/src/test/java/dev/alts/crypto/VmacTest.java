package dev.alts.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.testing.TestVectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VmacTest {
  private static final int BLOCK = 16;

  @ParameterizedTest
  @ValueSource(ints = {64, 128})
  void authenticatesAsWycheproofSays(int tagBits) {
    int checked = 0;
    for (WycheproofCases.Case one : WycheproofCases.read("vmac_" + tagBits + "_test.json")) {
      byte[] key = one.hex("key");
      byte[] nonce = one.hex("iv");
      byte[] message = one.hex("msg");
      byte[] tag = new byte[tagBits / 8];
      if (isNoKey(key) || isNoNonce(nonce)) {
        assertThat(one.isValid()).as(one.id()).isFalse();
        assertThatThrownBy(() ->
                Crypto.best().vmac(key, tag.length).tag(nonce, message, 0, message.length, tag, 0))
            .as(one.id())
            .isInstanceOf(IllegalArgumentException.class);
      } else {
        Crypto.best().vmac(key, tag.length).tag(nonce, message, 0, message.length, tag, 0);
        assertThat(Arrays.equals(tag, one.hex("tag"))).as(one.id()).isEqualTo(one.isValid());
      }
      checked++;
    }
    assertThat(checked).isEqualTo(764);
  }

  @Test
  void authenticatesAsTheDraftSays() {
    for (JsonElement element : TestVectors.read("vmac/vmac_draft01.json").getAsJsonArray("tests")) {
      JsonObject test = element.getAsJsonObject();
      byte[] tag = TestVectors.hex(test, "tag");
      byte[] message = message(test);
      byte[] computed = new byte[tag.length];
      Crypto.best()
          .vmac(ascii(test, "key_ascii"), tag.length)
          .tag(ascii(test, "nonce_ascii"), message, 0, message.length, computed, 0);
      assertThat(Arrays.equals(computed, tag))
          .as("%s", test)
          .isEqualTo(test.get("result").getAsString().equals("valid"));
    }
  }

  @Test
  void anObjectGivesTheSameTagsAgainAndAtAnyOffset() {
    byte[] data = new byte[1000];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31);
    }
    Vmac vmac = Crypto.best().vmac(new byte[BLOCK], BLOCK);
    byte[] nonce = new byte[12];
    for (int length = 0; length < 400; length++) {
      byte[] one = new byte[BLOCK];
      byte[] other = new byte[BLOCK + 5];
      vmac.tag(nonce, data, 300, length, one, 0);
      vmac.tag(nonce, Arrays.copyOfRange(data, 300, 300 + length), 0, length, other, 5);
      assertThat(Arrays.copyOfRange(other, 5, other.length)).isEqualTo(one);
    }
  }

  private static boolean isNoKey(byte[] key) {
    return key.length != 16 && key.length != 24 && key.length != 32;
  }

  private static boolean isNoNonce(byte[] nonce) {
    return nonce.length > BLOCK || (nonce.length == BLOCK && nonce[0] < 0);
  }

  private static byte[] message(JsonObject test) {
    StringBuilder message = new StringBuilder();
    for (JsonElement part : test.getAsJsonArray("message")) {
      JsonObject piece = part.getAsJsonObject();
      message.append(piece.get("ascii").getAsString().repeat(piece.get("repeat").getAsInt()));
    }
    return message.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] ascii(JsonObject object, String member) {
    return object.get(member).getAsString().getBytes(StandardCharsets.US_ASCII);
  }
}
