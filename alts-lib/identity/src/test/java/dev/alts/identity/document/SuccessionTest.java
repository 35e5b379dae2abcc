package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.testing.TestDocuments;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Roots A, B, C, one after the other; whoever holds any of them comes to the newest document. */
class SuccessionTest {
  private final TestTrustDomain domain =
      TestTrustDomain.of("example.org", Instant.parse("2026-11-24T12:00:00Z"));
  private final KeyPair a = TestKeys.p256();
  private final KeyPair b = TestKeys.p256();
  private final KeyPair c = TestKeys.p256();
  private final SignedDocument first = document(1, a, null);
  private final SignedDocument aNamesB = document(2, a, b);
  private final SignedDocument onlyB = document(3, b, null);
  private final SignedDocument bNamesC = document(4, b, c);
  private final SignedDocument newest = document(5, c, null);
  private final List<SignedDocument> bridges = List.of(aNamesB, bNamesC);

  @Test
  void whoHoldsAnyEarlierDocumentFollowsToTheNewest() throws Exception {
    TrustDocument held = TrustDocument.open(first, pin(a));
    assertThat(Succession.follow(held, bridges, newest).rootFingerprint()).isEqualTo(pin(c));

    held = Succession.follow(held, List.of(), aNamesB);
    assertThat(Succession.follow(held, bridges, newest).sequence()).isEqualTo(5);

    held = Succession.follow(held, List.of(), onlyB);
    assertThat(Succession.follow(held, bridges, newest).sequence()).isEqualTo(5);

    TrustDocument last = Succession.follow(held, bridges, newest);
    assertThat(Succession.follow(last, bridges, newest)).isEqualTo(last);
  }

  @Test
  void newcomerWhoPinsAnyRootFollowsToTheNewest() throws Exception {
    for (KeyPair pinned : List.of(a, b, c)) {
      assertThat(Succession.begin(pin(pinned), bridges, newest).sequence()).isEqualTo(5);
    }
    assertThatThrownBy(() -> Succession.begin(pin(TestKeys.p256()), bridges, newest))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("which is pinned");
  }

  @Test
  @Tag("abuse-45")
  void rootThatNobodyNamedIsNotFollowed() throws Exception {
    KeyPair thief = TestKeys.p256();
    TrustDocument held = TrustDocument.open(first, pin(a));

    assertThatThrownBy(() -> Succession.follow(held, List.of(), newest))
        .as("no bridge")
        .isInstanceOf(InvalidDocumentException.class);
    assertThatThrownBy(() -> Succession.follow(held, List.of(document(2, thief, thief)), newest))
        .isInstanceOf(InvalidDocumentException.class);
    assertThatThrownBy(() -> Succession.follow(held, bridges, document(6, thief, null)))
        .isInstanceOf(InvalidDocumentException.class);
    assertThatThrownBy(() -> Succession.begin(pin(a), List.of(bNamesC, aNamesB), newest))
        .as("in another order")
        .isInstanceOf(InvalidDocumentException.class);
  }

  @Test
  @Tag("abuse-45")
  void oldRootIsWorthNothingOnceItsSuccessorSigned() throws Exception {
    TrustDocument held = Succession.begin(pin(a), bridges, newest);

    assertThatThrownBy(() -> Succession.follow(held, List.of(), document(7, a, a)))
        .isInstanceOf(InvalidDocumentException.class);
    assertThatThrownBy(
            () -> Succession.follow(held, List.of(document(6, b, a)), document(7, a, null)))
        .isInstanceOf(InvalidDocumentException.class);
  }

  @Test
  @Tag("abuse-31")
  void endlessSuccessionIsNotFollowed() throws Exception {
    TrustDocument held = TrustDocument.open(first, pin(a));

    assertThatThrownBy(() -> Succession.follow(held, Collections.nCopies(17, aNamesB), aNamesB))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("at most 16");
  }

  private static RootFingerprint pin(KeyPair root) {
    return RootFingerprint.of(Bytes.copyOf(TestKeys.spki(root)));
  }

  private SignedDocument document(long sequence, KeyPair root, @Nullable KeyPair successor) {
    SignedDocument template = domain.trustDocument();
    try {
      var body =
          dev.alts.wire.handshake.v1.TrustDocument.parseFrom(template.getBody()).toBuilder()
              .setSequence(sequence)
              .setRootSpki(ByteString.copyFrom(TestKeys.spki(root)));
      if (successor != null) {
        body.setSuccessorRootSpki(ByteString.copyFrom(TestKeys.spki(successor)));
      }
      return TestDocuments.sign(TestDocuments.TRUST_DOCUMENT, body.build().toByteArray(), root);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
