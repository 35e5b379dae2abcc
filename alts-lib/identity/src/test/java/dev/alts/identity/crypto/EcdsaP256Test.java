package dev.alts.identity.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.identity.Bytes;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestVectors;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EcdsaP256Test {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

  @Test
  void everyProviderJudgesEveryWycheproofSignatureAsItSays() {
    JsonObject vectors = TestVectors.read("wycheproof/ecdsa_secp256r1_sha256_test.json");

    SoftAssertions softly = new SoftAssertions();
    for (EcdsaP256 ecdsa : EcdsaP256.available()) {
      int count = 0;
      for (JsonElement element : vectors.getAsJsonArray("testGroups")) {
        JsonObject group = element.getAsJsonObject();
        PublicKey key = ecdsa.decodePublicKey(Bytes.copyOf(TestVectors.hex(group, "publicKeyDer")));
        for (JsonElement test : group.getAsJsonArray("tests")) {
          JsonObject vector = test.getAsJsonObject();
          boolean good =
              ecdsa.verify(key, TestVectors.hex(vector, "msg"), TestVectors.hex(vector, "sig"));
          softly
              .assertThat(good)
              .as("%s %s %s", ecdsa, vector.get("tcId"), vector.get("comment"))
              .isEqualTo(vector.get("result").getAsString().equals("valid"));
          count++;
        }
      }
      softly.assertThat(count).isEqualTo(vectors.get("numberOfTests").getAsInt());
    }
    softly.assertAll();
  }

  @Test
  void jdkIsAlwaysOnTheLadderAndTheNativeOnesComeFirstHere() {
    List<String> names = EcdsaP256.available().stream().map(EcdsaP256::providerName).toList();

    assertThat(names).endsWith("BC", "SunEC");
    assertThat(EcdsaP256.best().providerName()).isEqualTo(names.getFirst());
  }

  @Test
  void everyProviderVerifiesWhatEveryOtherSigned() {
    for (EcdsaP256 signer : EcdsaP256.available()) {
      KeyPair pair = signer.generateKeyPair(new SecureRandom());
      byte[] signature =
          signer.sign(
              pair.getPrivate(), Arrays.copyOf(MESSAGE, 3), Arrays.copyOfRange(MESSAGE, 3, 7));
      Bytes spki = Bytes.copyOf(pair.getPublic().getEncoded());
      for (EcdsaP256 verifier : EcdsaP256.available()) {
        assertThat(verifier.verify(verifier.decodePublicKey(spki), MESSAGE, signature)).isTrue();
        assertThat(verifier.verify(pair.getPublic(), MESSAGE, signature)).isTrue();
        assertThat(
                signer.verify(
                    pair.getPublic(),
                    MESSAGE,
                    verifier.sign(
                        verifier.decodePrivateKey(pair.getPrivate().getEncoded()), MESSAGE)))
            .isTrue();
      }
    }
  }

  @Test
  @Tag("abuse-50")
  void everyFlippedBitOfMessageOrSignatureIsRefused() {
    EcdsaP256 ecdsa = EcdsaP256.best();
    KeyPair pair = ecdsa.generateKeyPair(new SecureRandom());
    byte[] signature = ecdsa.sign(pair.getPrivate(), MESSAGE);

    for (int bit = 0; bit < 8 * MESSAGE.length; bit++) {
      assertThat(ecdsa.verify(pair.getPublic(), flipped(MESSAGE, bit), signature)).isFalse();
    }
    for (int bit = 0; bit < 8 * signature.length; bit++) {
      assertThat(ecdsa.verify(pair.getPublic(), MESSAGE, flipped(signature, bit))).isFalse();
    }
  }

  @Test
  @Tag("abuse-49")
  void emptySignatureVerifiesNothing() {
    EcdsaP256 ecdsa = EcdsaP256.best();
    KeyPair pair = ecdsa.generateKeyPair(new SecureRandom());

    assertThat(ecdsa.verify(pair.getPublic(), MESSAGE, new byte[0])).isFalse();
    assertThat(ecdsa.verify(pair.getPublic(), MESSAGE, new byte[] {0x30, 0})).isFalse();
  }

  @Test
  @Tag("abuse-13")
  void onlyAnUncompressedPointOfP256IsAKey() {
    EcdsaP256 ecdsa = EcdsaP256.best();
    byte[] good = TestKeys.spki(TestKeys.p256());
    byte[] offCurve = good.clone();
    offCurve[90] ^= 1;

    assertThat(ecdsa.decodePublicKey(Bytes.copyOf(good)).getEncoded()).isEqualTo(good);
    for (byte[] bad :
        List.of(
            offCurve,
            new byte[0],
            Arrays.copyOf(good, 90),
            Arrays.copyOf(good, 92),
            TestKeys.spki(TestKeys.ec("secp384r1")),
            TestKeys.spki(TestKeys.ec("secp256k1")),
            TestKeys.spki(TestKeys.rsa(2048)))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ecdsa.decodePublicKey(Bytes.copyOf(bad)));
      assertThat(EcdsaP256.isKeyOfP256(Bytes.copyOf(bad))).isFalse();
    }
  }

  private static byte[] flipped(byte[] data, int bit) {
    byte[] copy = data.clone();
    copy[bit / 8] ^= (byte) (1 << (bit % 8));
    return copy;
  }
}
