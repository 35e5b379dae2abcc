package dev.alts.identity.x509;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Whatever parses is the one encoding of what it says. */
@Tag("fuzz")
@Timeout(900)
class AltsAttributesFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void parse(byte[] der) {
    AltsAttributes attributes;
    try {
      attributes = AltsAttributesExtension.parse(Bytes.copyOf(der));
    } catch (InvalidCertificateException refused) {
      return;
    }
    assertThat(AltsAttributesExtension.encode(attributes).toByteArray()).isEqualTo(der);
  }
}
