package dev.alts.identity.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonObject;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.testing.TestAttributes;
import dev.alts.testing.TestVectors;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AltsAttributesExtensionTest {
  private static final AltsAttributes EXAMPLE =
      new AltsAttributes(
          EntityKind.WORKLOAD,
          "dc1",
          "m-17",
          RevocationId.of(2, 1001),
          Instant.ofEpochSecond(1899996400),
          true);
  private static final String DER =
      "302f0201010a01020c036463310c046d2d3137040802000000000003e9"
          + "180f32303330303331373136343634305a0101ff";

  @Test
  void frozenEncodingIsReproducedAndRead() throws Exception {
    assertThat(AltsAttributesExtension.encode(EXAMPLE).toHex()).isEqualTo(DER);
    assertThat(AltsAttributesExtension.parse(Bytes.fromHex(DER))).isEqualTo(EXAMPLE);
  }

  @Test
  void encodingOfEveryHandshakeVectorIsReproduced() throws Exception {
    for (String file : List.of("full_hybrid", "full_classical", "resumed_fs_full_offer")) {
      JsonObject vector = TestVectors.read("alts-handshake-v1/" + file + ".json");
      for (String side : List.of("client", "server")) {
        JsonObject party = vector.getAsJsonObject(side);
        Bytes der = Bytes.copyOf(TestVectors.hex(party, "alts_attributes"));

        AltsAttributes attributes = AltsAttributesExtension.parse(der);

        assertThat(AltsAttributesExtension.encode(attributes)).isEqualTo(der);
        assertThat(attributes.kind().number()).isEqualTo(party.get("kind").getAsInt());
        assertThat(attributes.boundary()).isEqualTo(party.get("boundary").getAsString());
        assertThat(attributes.machine()).isEqualTo(party.get("machine").getAsString());
        assertThat(attributes.revocationId().toString())
            .isEqualTo(party.get("revocation_id").getAsString());
        assertThat(attributes.issuedAt().getEpochSecond())
            .isEqualTo(party.get("issued_at").getAsLong());
      }
    }
  }

  @Test
  void boundaryOf64BytesAndMachineOf255AreGoodAndOneMoreIsNot() throws Exception {
    Instant now = Instant.ofEpochSecond(1_900_000_000);
    TestAttributes longest = new TestAttributes(1, "b".repeat(64), "m".repeat(255), -1, now, false);

    AltsAttributes parsed = AltsAttributesExtension.parse(Bytes.copyOf(longest.der()));

    assertThat(AltsAttributesExtension.encode(parsed)).isEqualTo(Bytes.copyOf(longest.der()));
    refused(longest.withBoundary("b".repeat(65)).der());
    refused(longest.withMachine("m".repeat(256)).der());
  }

  @Test
  void everyKindOtherThanTheThreeIsRefused() {
    TestAttributes good =
        new TestAttributes(1, "", "", 0, Instant.ofEpochSecond(1_900_000_000), true);

    refused(good.withKind(0).der());
    refused(good.withKind(4).der());
    refused(good.withKind(257).der());
    refused(good.withKind(-1).der());
  }

  @Test
  @Tag("abuse-27")
  void everyTruncationAndEveryAppendedByteIsRefused() {
    byte[] der = HexFormat.of().parseHex(DER);
    for (int length = 0; length < der.length; length++) {
      refused(Arrays.copyOf(der, length));
    }
    refused(Arrays.copyOf(der, der.length + 1));
  }

  @Test
  void noFlippedBitLeavesAnotherSpellingOfTheSameAttributes() {
    byte[] der = HexFormat.of().parseHex(DER);
    for (int bit = 0; bit < 8 * der.length; bit++) {
      byte[] flipped = der.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        AltsAttributes parsed = AltsAttributesExtension.parse(Bytes.copyOf(flipped));
        assertThat(AltsAttributesExtension.encode(parsed)).isEqualTo(Bytes.copyOf(flipped));
      } catch (InvalidCertificateException refused) {
        assertThat(refused).hasMessageMatching("(DER|AltsAttributes).*");
      }
    }
  }

  @Test
  @Tag("abuse-27")
  void otherSpellingsOfDerAreRefused() {
    refusedHex(DER.replace("302f", "30812f"));
    refusedHex(DER.replace("302f", "3080") + "0000");
    refusedHex(DER.replace("302f", "3030").replace("020101", "02020001"));
    refusedHex(DER.replace("0101ff", "010101"));
    refusedHex(DER.replace("020101", "020102"));
    refusedHex(DER.replace("0a0102", "020102"));
    refusedHex(DER.replace("302f", "30847fffffff"));
  }

  @Test
  void timesWithFractionOffsetOrImpossibleDateAreRefused() {
    String good = HexFormat.of().formatHex("20300317164640Z".getBytes());
    for (String bad :
        List.of(
            "2030031716464.Z",
            "20300317164640+",
            "20301317164640Z",
            "20300230164640Z",
            "20300317244640Z",
            "20300317164660Z",
            "2030031716464aZ")) {
      refusedHex(DER.replace(good, HexFormat.of().formatHex(bad.getBytes())));
    }
  }

  private static void refusedHex(String hex) {
    assertThat(hex).isNotEqualTo(DER);
    refused(HexFormat.of().parseHex(hex));
  }

  private static void refused(byte[] der) {
    assertThatExceptionOfType(InvalidCertificateException.class)
        .isThrownBy(() -> AltsAttributesExtension.parse(Bytes.copyOf(der)));
  }
}
