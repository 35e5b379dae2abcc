package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.identity.Bytes;
import dev.alts.testing.TestKeys;
import java.security.KeyPair;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A body that the pinned root signed is a trust document or is refused. */
@Tag("fuzz")
@Timeout(900)
class TrustDocumentFuzzTest {
  private static final KeyPair KEY = TestKeys.p256("fuzzing root");
  private static final Bytes SPKI = Bytes.copyOf(TestKeys.spki(KEY));
  private static final RootFingerprint PIN = RootFingerprint.of(SPKI);

  @FuzzTest(maxDuration = "30s")
  void open(byte[] body) {
    opened(body)
        .ifPresent(document -> {
          assertThat(opened(document.toWire().toByteArray())).contains(document);
          assertThat(document.rootFingerprint()).isEqualTo(PIN);
        });
  }

  private static Optional<TrustDocument> opened(byte[] body) {
    try {
      return Optional.of(
          TrustDocument.open(
              SignedDocuments.sign(DocumentType.TRUST_DOCUMENT, body, KEY.getPrivate(), SPKI),
              PIN));
    } catch (InvalidDocumentException refused) {
      return Optional.empty();
    }
  }
}
