package dev.alts.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.testing.ScriptedRandom;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class X25519Test {
  static List<X25519> providers() {
    return X25519.available();
  }

  @Test
  void everyRungOfTheLadderIsPresentHere() {
    assertThat(providers()).extracting(X25519::providerName).contains("BC", "SunEC");
    assertThat(providers()).extracting(X25519::providerName).doesNotHaveDuplicates();
  }

  @Tag("abuse-32")
  @ParameterizedTest
  @MethodSource("providers")
  void agreesAsWycheproofSaysAndRefusesEveryZeroResult(X25519 x25519) throws SmallOrderException {
    for (WycheproofCases.Case one : WycheproofCases.read("x25519_test.json")) {
      if (one.hasFlag("ZeroSharedSecret")) {
        assertThatThrownBy(() -> x25519.agree(one.hex("private"), one.hex("public")))
            .as(one.id())
            .isInstanceOf(SmallOrderException.class);
      } else {
        assertThat(x25519.agree(one.hex("private"), one.hex("public")))
            .as(one.id())
            .isEqualTo(one.hex("shared"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void keysOfAnotherLengthAreTheCallersMistake(X25519 x25519) {
    assertThatThrownBy(() -> x25519.agree(new byte[31], new byte[32]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> x25519.agree(new byte[32], new byte[33]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aNewPairBelongsTogetherAndIsNewEachTime(X25519 x25519) {
    SecureRandom random = new SecureRandom();

    try (X25519.KeyPair one = x25519.generate(random);
        X25519.KeyPair other = x25519.generate(random)) {
      assertThat(one.publicKey()).isEqualTo(x25519.publicKey(one.privateKey()));
      assertThat(one.privateKey()).isNotEqualTo(other.privateKey());
      assertThat(one).hasToString("KeyPair[redacted]");
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void aChosenSourceOfRandomnessGivesEveryByteOfThePrivateKey(X25519 x25519) {
    byte[] scripted = new byte[32];
    Arrays.fill(scripted, (byte) 7);

    X25519.KeyPair pair = x25519.generate(new ScriptedRandom(scripted));

    assertThat(pair.privateKey()).isEqualTo(scripted);
    pair.close();
    assertThat(pair.privateKey()).containsOnly(0);
  }
}
