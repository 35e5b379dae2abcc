package dev.alts.soak;

import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.ChannelEvidence;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.OpenChannels;
import dev.alts.peer.OpenChannels.Admission.Admitted;
import dev.alts.peer.OpenChannels.Admission.Refused;
import dev.alts.peer.SecurityLevel;
import dev.alts.peer.Suite;
import dev.alts.testing.party.TestParty;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A revocation and the end of a handshake in any order: no channel slips through. */
@Tag("soak")
@Tag("long-soak")
public class OpenChannelsRaceTest {
  private static final Instant NOW = Instant.now();
  private static final TestParty PARTY = TestParty.ofNewDomain();
  private static final CredentialSnapshot BEFORE = PARTY.snapshot("/echo");
  private static final PeerFacts CALLER = PARTY.snapshot("/caller").self();
  private static final CredentialSnapshot REVOKED = PARTY.revoking("/caller").snapshot("/echo");
  private static final PeerVerifier VERIFIER = new PeerVerifier();
  private static final AltsPeer PEER =
      new AltsPeer(
          CALLER,
          BEFORE.id(),
          SecurityLevel.INTEGRITY_AND_PRIVACY,
          Suite.X25519MLKEM768_SHA256,
          "ALTSRP_GCM_AES128_REKEY",
          "grpc",
          "",
          null,
          16_384,
          false,
          NOW);
  private static final ChannelEvidence EVIDENCE =
      new ChannelEvidence(CALLER, PeerRole.CLIENT, false, NOW, null);

  private final OpenChannels channels =
      new OpenChannels(VERIFIER, InstantSource.fixed(NOW), BEFORE);
  private final Queue<AtomicInteger> left = new ConcurrentLinkedQueue<>();
  private volatile boolean revoked;

  @Operation
  public String open() {
    AtomicInteger cuts = new AtomicInteger();
    return switch (channels.register(PEER, EVIDENCE, endsCountedBy(cuts))) {
      case Admitted admitted -> {
        left.add(cuts);
        yield "admitted";
      }
      case Refused refused -> "refused";
    };
  }

  @Operation
  public String openAndClose() {
    AtomicInteger cuts = new AtomicInteger();
    return switch (channels.register(PEER, EVIDENCE, endsCountedBy(cuts))) {
      case Admitted admitted -> {
        admitted.registration().close();
        yield cuts.get() <= 1 ? "admitted" : "cut twice";
      }
      case Refused refused -> "refused";
    };
  }

  @Operation
  public void revoke() {
    channels.update(REVOKED);
    revoked = true;
  }

  @Validate
  public void whatIsLeftOpenIsCutOnceAfterARevocation() {
    for (AtomicInteger cuts : left) {
      if (cuts.get() != (revoked ? 1 : 0)) {
        throw new IllegalStateException("revoked %s, cut %d times".formatted(revoked, cuts.get()));
      }
    }
    int expected = revoked ? 0 : left.size();
    if (channels.size() != expected) {
      throw new IllegalStateException(
          "%d channels (expected: %d)".formatted(channels.size(), expected));
    }
  }

  private static OpenChannels.Ends endsCountedBy(AtomicInteger cuts) {
    return new OpenChannels.Ends(
        reason -> cuts.incrementAndGet(),
        reason -> {
          throw new IllegalStateException("replaced: " + reason);
        });
  }

  @Test
  void noChannelSlipsThrough() {
    Races.stress(OpenChannelsRaceTest.class);
  }
}
