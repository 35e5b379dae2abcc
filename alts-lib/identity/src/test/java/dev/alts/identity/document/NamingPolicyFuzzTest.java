package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.testing.TestKeys;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A body that a naming key signed is a naming policy that decides, or is refused. */
@Tag("fuzz")
@Timeout(900)
class NamingPolicyFuzzTest {
  private static final KeyPair KEY = TestKeys.p256("fuzzing naming");
  private static final Bytes SPKI = Bytes.copyOf(TestKeys.spki(KEY));
  private static final TrustDocument TRUST =
      new TrustDocument(
          new TrustDomain("example.org"),
          1,
          Instant.EPOCH,
          Instant.MAX,
          Bytes.fromHex("00"),
          List.of(),
          List.of(),
          List.of(SPKI),
          List.of(),
          List.of(),
          null);
  private static final SpiffeId SERVER = SpiffeId.parse("spiffe://example.org/shop/db");

  @FuzzTest(maxDuration = "30s")
  void open(byte[] body) {
    opened(body)
        .ifPresent(document -> {
          assertThat(opened(document.toWire().toByteArray())).contains(document);
          assertThat(document.decide("db.example.org:443", SERVER, EntityKind.WORKLOAD))
              .isNotNull();
        });
  }

  private static Optional<NamingPolicy> opened(byte[] body) {
    try {
      return Optional.of(
          NamingPolicy.open(
              SignedDocuments.sign(DocumentType.NAMING_POLICY, body, KEY.getPrivate(), SPKI),
              TRUST));
    } catch (InvalidDocumentException refused) {
      return Optional.empty();
    }
  }
}
