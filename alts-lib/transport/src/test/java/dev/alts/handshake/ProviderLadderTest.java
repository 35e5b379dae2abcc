package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.crypto.Crypto;
import dev.alts.crypto.CryptoProvider;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.Suite;
import dev.alts.record.Direction;
import dev.alts.record.RecordOpener;
import dev.alts.record.RecordProtocol;
import dev.alts.record.RecordSealer;
import dev.alts.resumption.ClientTickets;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whichever rung of the ladder either end stands on, signatures included, they understand each
 * other. ({@link ProviderCombinationTest} holds the primitives to the frozen vector.)
 */
class ProviderLadderTest {
  private final TestWorld world = new TestWorld();

  @Test
  void everySignatureProviderAcceptsWhatAnyOtherAccepts() throws AltsProtocolException {
    List<EcdsaP256> rungs = EcdsaP256.available();
    assertThat(rungs)
        .extracting(EcdsaP256::providerName)
        .contains("AmazonCorrettoCryptoProvider", "Conscrypt", "BC", "SunEC");
    for (EcdsaP256 client : rungs) {
      for (EcdsaP256 server : rungs) {
        handshake(environment(Crypto.best(), client), environment(Crypto.best(), server), "dc1");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CryptoProvider.class,
      names = {"BOUNCY_CASTLE", "JDK"})
  void oneRungWithoutNativeCodeIsEnoughForEverything(CryptoProvider rung)
      throws AltsProtocolException {
    EcdsaP256 signatures =
        EcdsaP256.available().stream()
            .filter(p -> p.providerName().equals(rung == CryptoProvider.JDK ? "SunEC" : "BC"))
            .findFirst()
            .orElseThrow();
    HandshakeEnvironment alone = environment(Crypto.only(rung), signatures);
    HandshakeEnvironment fastest = world.environment;

    // One encrypted, one integrity-only, at either end and at both.
    for (String boundary : List.of("dc1", "dc2")) {
      handshake(alone, alone, boundary);
      handshake(alone, fastest, boundary);
      handshake(fastest, alone, boundary);
    }
    assertThat(alone.providers())
        .doesNotContain("Conscrypt", "Corretto")
        .matches(
            "X25519 \\S+, ML-KEM-768 \\S+, AES-GCM \\S+, GMAC \\S+, AES \\S+, HMAC-SHA256 \\S+,"
                + " ECDSA P-256 \\S+");
  }

  @ParameterizedTest
  @EnumSource(RecordProtocol.class)
  void everyRecordProtocolIsTheSameOverEveryRung(RecordProtocol protocol)
      throws AltsProtocolException {
    List<Crypto> rungs =
        List.of(
            Crypto.best(),
            Crypto.only(CryptoProvider.BOUNCY_CASTLE),
            Crypto.only(CryptoProvider.JDK));
    for (Crypto sealing : rungs) {
      for (Crypto opening : rungs) {
        HandshakePair pair = handshake(world.environment, world.environment, "dc1");
        RecordSealer sealer =
            RecordSealer.of(
                sealing,
                protocol,
                pair.clientResult().keys().keyData(),
                Direction.CLIENT_TO_SERVER);
        RecordOpener opener =
            RecordOpener.of(
                opening,
                protocol,
                pair.serverResult().keys().keyData(),
                Direction.CLIENT_TO_SERVER);
        for (int size : new int[] {0, 1, 1_000, 70_000}) {
          ByteBuffer frame = ByteBuffer.allocate(size + RecordSealer.OVERHEAD_BYTES);
          sealer.seal(ByteBuffer.allocate(size), frame);
          ByteBuffer payload = ByteBuffer.allocate(size);
          opener.open(frame.flip().position(8), payload);
          assertThat(payload.flip()).isEqualTo(ByteBuffer.allocate(size));
        }
      }
    }
  }

  private HandshakePair handshake(
      HandshakeEnvironment client, HandshakeEnvironment server, String serversBoundary)
      throws AltsProtocolException {
    HandshakePair pair =
        TestWorld.run(
            new ClientHandshaker(
                client,
                new ClientHandshakeParameters(
                    world.party("/web").snapshot(),
                    Negotiation.GRPC,
                    new ServerExpectation.Named("db.example"),
                    ClientTickets.none())),
            new ServerHandshaker(
                server,
                new ServerHandshakeParameters(
                    world
                        .party(world.domain, "/db", serversBoundary)
                        .builder
                        .recordPolicy(
                            new RecordPolicy(
                                List.of("ALTSRP_GMAC_128", "ALTSRP_GCM_AES128_REKEY"), false))
                        .build(),
                    Negotiation.GRPC,
                    PeerAuthorizer.anyAuthenticated(),
                    WorkPermit.UNLIMITED)));
    assertThat(pair.clientResult().peer().suite()).isEqualTo(Suite.X25519MLKEM768_SHA256);
    assertThat(pair.clientResult().peer().recordProtocol())
        .isEqualTo(serversBoundary.equals("dc1") ? "ALTSRP_GMAC_128" : "ALTSRP_GCM_AES128_REKEY");
    HandshakerContractTest.assertSameKeys(pair);
    return pair;
  }

  private HandshakeEnvironment environment(Crypto crypto, EcdsaP256 signatures) {
    return new HandshakeEnvironment(
        crypto, new PeerVerifier(signatures, 100), world.clock, new SecureRandom());
  }
}
