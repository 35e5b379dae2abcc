package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.wire.handshake.v1.Credential;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A credential, its chain included, is one that was issued, or it is rejected. */
@Tag("fuzz")
@Timeout(900)
class ChainFuzzTest {
  private static final VerificationContext CONTEXT = FrozenTrust.context();

  private final PeerVerifier verifier = new PeerVerifier();

  @FuzzTest(maxDuration = "30s")
  void verify(byte[] input) {
    VerifiedPeer peer;
    try {
      peer =
          verifier.verify(CONTEXT, Credential.parseFrom(input), PeerRole.CLIENT, FrozenTrust.NOW);
    } catch (InvalidProtocolBufferException | PeerRejectedException refused) {
      return;
    }
    assertThat(peer.facts().spiffeId().toString())
        .isIn(
            "spiffe://example.org/shop/web",
            "spiffe://example.org/shop/db",
            "spiffe://partner.example/a");
  }
}
