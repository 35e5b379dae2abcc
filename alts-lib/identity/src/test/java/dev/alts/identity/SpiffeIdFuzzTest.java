package dev.alts.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Any text is one SPIFFE ID in exactly one spelling, or none. */
@Tag("fuzz")
@Timeout(900)
class SpiffeIdFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void parse(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    SpiffeId id;
    try {
      id = SpiffeId.parse(text);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(id).hasToString(text);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(SpiffeId.MAX_LENGTH);
    assertThat(id.isMemberOf(id.trustDomain())).isTrue();
    assertThat(id.hasPathPrefix(id.path())).isTrue();
  }
}
