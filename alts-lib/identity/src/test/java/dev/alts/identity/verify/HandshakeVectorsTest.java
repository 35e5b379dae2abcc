package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestVectors;
import dev.alts.wire.handshake.v1.Credential;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The credentials of the frozen handshakes, made by an independent implementation. */
class HandshakeVectorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "full_hybrid",
        "full_classical",
        "resumed_fs_full_offer",
        "resumed_fs_lean",
        "resumed_symmetric",
        "rejected_then_full"
      })
  void bothPartiesOfAVectorAreVerifiedWithTheirFacts(String file) throws Exception {
    JsonObject vector = TestVectors.read("alts-handshake-v1/" + file + ".json");
    Instant now = Instant.ofEpochSecond(vector.get("now").getAsLong());
    JsonObject trust = vector.getAsJsonObject("trust");
    VerificationContext context = context(trust, now);

    for (String side : List.of("client", "server")) {
      JsonObject party = vector.getAsJsonObject(side);
      Credential.Builder credential =
          Credential.newBuilder()
              .setHandshakeCertificate(
                  ByteString.copyFrom(TestVectors.hex(party, "handshake_certificate")));
      for (JsonElement der : party.getAsJsonArray("chain")) {
        credential.addChain(ByteString.copyFrom(HexFormat.of().parseHex(der.getAsString())));
      }

      VerifiedPeer peer =
          new PeerVerifier().verify(context, credential.build(), PeerRole.CLIENT, now);

      PeerFacts facts = peer.facts();
      assertThat(facts.spiffeId().toString()).isEqualTo(party.get("spiffe_id").getAsString());
      assertThat(facts.kind().number()).isEqualTo(party.get("kind").getAsInt());
      assertThat(facts.boundary()).isEqualTo(party.get("boundary").getAsString());
      assertThat(facts.machine()).isEqualTo(party.get("machine").getAsString());
      assertThat(facts.revocationId().toString())
          .isEqualTo(party.get("revocation_id").getAsString());
      assertThat(facts.issuedAt().getEpochSecond()).isEqualTo(party.get("issued_at").getAsLong());
      assertThat(peer.x25519PublicKey().toHex())
          .isEqualTo(party.get("x25519_static_public").getAsString());
    }
  }

  private static VerificationContext context(JsonObject trust, Instant now) throws Exception {
    TrustDomain own = new TrustDomain(trust.get("own").getAsString());
    List<TrustedDomain> domains = new ArrayList<>();
    Map<TrustDomain, AuthorityConstraint> policy = new HashMap<>();
    for (var entry : trust.getAsJsonObject("domains").entrySet()) {
      List<IssuingAuthority> authorities = new ArrayList<>();
      for (JsonElement authority : entry.getValue().getAsJsonArray()) {
        authorities.add(
            new IssuingAuthority(
                AuthorityCertificate.parse(
                    Bytes.copyOf(TestVectors.hex(authority.getAsJsonObject(), "certificate"))),
                AuthorityState.ACTIVE,
                AuthorityConstraint.none()));
      }
      TrustDomain name = new TrustDomain(entry.getKey());
      policy.put(name, AuthorityConstraint.none());
      domains.add(
          new TrustedDomain(
              new TrustDocument(
                  name,
                  1,
                  now,
                  now.plusSeconds(3600),
                  Bytes.copyOf(TestKeys.spki(TestKeys.p256())),
                  authorities,
                  List.of(),
                  List.of(),
                  List.of(),
                  List.of(),
                  null),
              null));
    }
    policy.remove(own);
    return VerificationContext.of(
        own, domains, new ForeignDomainPolicy(policy), StaleRevocation.KEEP_SERVING);
  }
}
