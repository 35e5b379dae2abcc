package dev.alts.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MlKem768Test {
  static List<MlKem768> providers() {
    return MlKem768.available();
  }

  @Test
  void brokenRegistrationsAreNotTaken() {
    // Conscrypt names the algorithm without having it.
    assertThat(providers()).extracting(MlKem768::providerName).contains("BC");
    assertThat(providers()).extracting(MlKem768::providerName).doesNotContain("Conscrypt");
  }

  @ParameterizedTest
  @MethodSource("providers")
  void keysComeFromTheirSeedAsWycheproofSays(MlKem768 kem) {
    for (WycheproofCases.Case one : WycheproofCases.read("mlkem_768_keygen_seed_test.json")) {
      assertThat(kem.generate(one.hex("seed")).encapsulationKey())
          .as(one.id())
          .isEqualTo(one.hex("ek"));
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void encapsulatesAsWycheproofSaysAndRefusesKeysOutOfRange(MlKem768 kem) {
    for (WycheproofCases.Case one : WycheproofCases.read("mlkem_768_encaps_test.json")) {
      byte[] key = one.hex("ek");
      assertThat(MlKem768.isEncapsulationKey(ByteBuffer.wrap(key)))
          .as(one.id())
          .isEqualTo(one.isValid());
      if (one.isValid()) {
        MlKem768.Encapsulation result = kem.encapsulate(key, one.hex("m"));
        assertThat(result.ciphertext()).as(one.id()).isEqualTo(one.hex("c"));
        assertThat(result.secret()).as(one.id()).isEqualTo(one.hex("K"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void decapsulatesAsWycheproofSays(MlKem768 kem) {
    for (WycheproofCases.Case one : WycheproofCases.read("mlkem_768_test.json")) {
      byte[] seed = one.hex("seed");
      byte[] ciphertext = one.hex("c");
      if (one.isValid()) {
        MlKem768.KemKeyPair pair = kem.generate(seed);
        assertThat(kem.decapsulate(pair, ciphertext)).as(one.id()).isEqualTo(one.hex("K"));
      } else if (seed.length == MlKem768.SEED_BYTES) {
        MlKem768.KemKeyPair pair = kem.generate(seed);
        assertThatThrownBy(() -> kem.decapsulate(pair, ciphertext))
            .as(one.id())
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
