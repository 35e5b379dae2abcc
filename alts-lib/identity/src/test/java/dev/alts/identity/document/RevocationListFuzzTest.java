package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.testing.TestKeys;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A body that a revocation key signed is a revocation list or is refused. */
@Tag("fuzz")
@Timeout(900)
class RevocationListFuzzTest {
  private static final KeyPair KEY = TestKeys.p256("fuzzing revocation");
  private static final Bytes SPKI = Bytes.copyOf(TestKeys.spki(KEY));
  private static final TrustDocument TRUST =
      new TrustDocument(
          new TrustDomain("example.org"),
          1,
          Instant.EPOCH,
          Instant.MAX,
          Bytes.fromHex("00"),
          List.of(),
          List.of(SPKI),
          List.of(),
          List.of(),
          List.of(),
          null);

  @FuzzTest(maxDuration = "30s")
  void open(byte[] body) {
    opened(body)
        .ifPresent(document -> {
          assertThat(opened(document.toWire().toByteArray())).contains(document);
          boolean unused = document.isFresh(Instant.ofEpochSecond(1_900_000_300));
        });
  }

  private static Optional<RevocationList> opened(byte[] body) {
    try {
      return Optional.of(
          RevocationList.open(
              SignedDocuments.sign(DocumentType.REVOCATION_LIST, body, KEY.getPrivate(), SPKI),
              TRUST));
    } catch (InvalidDocumentException refused) {
      return Optional.empty();
    }
  }
}
