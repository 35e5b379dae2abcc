package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.SecurityLevel;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sections 5 and 8: what must be encrypted, and which server is the right one. */
class PolicyTest {
  private static final RecordPolicy REKEY_ONLY =
      new RecordPolicy(List.of("ALTSRP_GCM_AES128_REKEY"), false);

  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");

  @Test
  void integrityAloneIsForOneBoundaryOfOneTrustDomain() throws AltsProtocolException {
    assertThat(level(web, db)).isEqualTo(SecurityLevel.INTEGRITY_ONLY);
    assertEncrypts(web, world.party(world.domain, "/db", "dc2"));
    assertEncrypts(world.party(world.domain, "/web", ""), world.party(world.domain, "/db", ""));
    assertEncrypts(world.party("/human/alice"), db);
  }

  @Test
  void foreignPeersBoundaryCountsForNothing() throws AltsProtocolException {
    TestWorld.Party foreign = world.party(world.foreign, "/web", "dc1");

    ClientHandshaker client =
        new ClientHandshaker(
            world.environment,
            new ClientHandshakeParameters(
                foreign.snapshot(),
                Negotiation.GRPC,
                new ServerExpectation.Explicit(PeerAuthorizer.allow(db.snapshot().id())),
                ClientTickets.none()));

    HandshakePair pair = TestWorld.run(client, world.server(db));

    assertThat(pair.serverResult().peer().facts().boundary()).isEmpty();
    assertThat(pair.serverResult().peer().securityLevel())
        .isEqualTo(SecurityLevel.INTEGRITY_AND_PRIVACY);
  }

  @Test
  void eitherSideCanDemandPrivacy() throws AltsProtocolException {
    Negotiation privately =
        new Negotiation(
            Negotiation.GRPC.suites(),
            Negotiation.GRPC.applicationProtocols(),
            List.of(),
            Negotiation.GRPC.rpcVersions(),
            Negotiation.GRPC.maxFrameBytes(),
            true);

    assertThat(
            TestWorld.run(
                    world.client(web.snapshot(), privately, ClientTickets.none()), world.server(db))
                .clientResult()
                .peer()
                .securityLevel())
        .isEqualTo(SecurityLevel.INTEGRITY_AND_PRIVACY);
    assertThat(
            TestWorld.run(world.client(web), world.server(db.snapshot(), privately))
                .clientResult()
                .peer()
                .securityLevel())
        .isEqualTo(SecurityLevel.INTEGRITY_AND_PRIVACY);
  }

  @Test
  void bothPoliciesMustListAProtocol() throws AltsProtocolException {
    CredentialSnapshot strict = world.party("/db").builder.recordPolicy(REKEY_ONLY).build();

    HandshakePair pair = TestWorld.run(world.client(web), world.server(strict, Negotiation.GRPC));

    assertThat(pair.clientResult().peer().recordProtocol()).isEqualTo("ALTSRP_GCM_AES128_REKEY");
    CredentialSnapshot none =
        world.party("/db").builder.recordPolicy(new RecordPolicy(List.of(), false)).build();
    assertThatThrownBy(() -> TestWorld.run(world.client(web), world.server(none, Negotiation.GRPC)))
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).contains(Alert.NO_COMMON_PARAMETERS));
  }

  @Test
  void recordProtocolIsDecidedAnewWhenResumed() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db));
    CredentialSnapshot nowStrict = world.party("/db").builder.recordPolicy(REKEY_ONLY).build();

    HandshakePair pair =
        TestWorld.run(
            world.client(
                web.snapshot(),
                Negotiation.GRPC,
                new RecordingTickets(new ResumptionOffer.Lean(tickets.stored().getLast()))),
            world.server(nowStrict, Negotiation.GRPC));

    assertThat(pair.clientResult().peer().resumed()).isTrue();
    assertThat(pair.clientResult().peer().securityLevel())
        .isEqualTo(SecurityLevel.INTEGRITY_AND_PRIVACY);
  }

  @Test
  void impostorOfTheSameTrustDomainIsRefusedByName() {
    NamingEntry entry =
        NamingEntry.newBuilder()
            .setTargetPattern("db.example")
            .addSpiffeIdPatterns("spiffe://example.org/db")
            .setOrigin("operator")
            .build();
    CredentialSnapshot client =
        web.builder.namingPolicy(world.naming(NamingMode.TRUST_DOMAIN, entry)).build();

    assertAccepted(client, db);
    assertUnauthorized(client, world.party("/web2"));
  }

  @Test
  void strictPolicyRefusesATargetThatItDoesNotName() {
    CredentialSnapshot strict = web.builder.namingPolicy(world.naming(NamingMode.STRICT)).build();
    assertUnauthorized(strict, db);

    CredentialSnapshot lenient =
        world.party("/web").builder.namingPolicy(world.naming(NamingMode.TRUST_DOMAIN)).build();
    assertAccepted(lenient, db);
    assertUnauthorized(lenient, world.party(world.foreign, "/db", ""));
    assertUnauthorized(lenient, world.party("/human/mallory"));
  }

  @Test
  void nameIsCheckedWhenResumedToo() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db));
    CredentialSnapshot strict =
        world.party("/web").builder.namingPolicy(world.naming(NamingMode.STRICT)).build();

    assertThatThrownBy(() ->
            TestWorld.run(
                world.client(
                    strict,
                    Negotiation.GRPC,
                    new RecordingTickets(new ResumptionOffer.Lean(tickets.stored().getLast()))),
                world.server(db)))
        .isInstanceOfSatisfying(
            AltsProtocolException.class, e -> assertThat(e.alert()).contains(Alert.UNAUTHORIZED));
  }

  @Test
  void humanIsAServerOnlyWhereNamed() {
    TestWorld.Party alice = world.party("/human/alice");
    SpiffeId id = SpiffeId.parse("spiffe://example.org/human/alice");

    assertExplicit(PeerAuthorizer.allow(id), alice, true);
    assertExplicit(PeerAuthorizer.anyAuthenticated(), alice, false);
    assertExplicit(PeerAuthorizer.memberOf(new TrustDomain("example.org")), alice, false);
    assertExplicit(PeerAuthorizer.memberOf(new TrustDomain("example.org")), db, true);
    assertExplicit(PeerAuthorizer.allow(id), db, false);
    assertExplicit(PeerAuthorizer.allow(id).or(PeerAuthorizer.anyAuthenticated()), db, true);
    assertExplicit(PeerAuthorizer.humans(new TrustDomain("example.org")), db, false);
  }

  private void assertExplicit(PeerAuthorizer authorizer, TestWorld.Party server, boolean accepted) {
    ClientHandshaker client =
        new ClientHandshaker(
            world.environment,
            new ClientHandshakeParameters(
                web.snapshot(),
                Negotiation.GRPC,
                new ServerExpectation.Explicit(authorizer),
                ClientTickets.none()));
    assertThat(isAccepted(client, server)).isEqualTo(accepted);
  }

  private void assertAccepted(CredentialSnapshot client, TestWorld.Party server) {
    assertThat(isAccepted(world.client(client, Negotiation.GRPC, ClientTickets.none()), server))
        .isTrue();
  }

  private void assertUnauthorized(CredentialSnapshot client, TestWorld.Party server) {
    assertThat(isAccepted(world.client(client, Negotiation.GRPC, ClientTickets.none()), server))
        .isFalse();
  }

  private boolean isAccepted(ClientHandshaker client, TestWorld.Party server) {
    try {
      TestWorld.run(client, world.server(server));
      return true;
    } catch (AltsProtocolException e) {
      assertThat(e.alert()).as(e.getMessage()).contains(Alert.UNAUTHORIZED);
      return false;
    }
  }

  private void assertEncrypts(TestWorld.Party client, TestWorld.Party server)
      throws AltsProtocolException {
    assertThat(level(client, server)).isEqualTo(SecurityLevel.INTEGRITY_AND_PRIVACY);
  }

  private SecurityLevel level(TestWorld.Party client, TestWorld.Party server)
      throws AltsProtocolException {
    HandshakePair pair = TestWorld.run(world.client(client), world.server(server));
    assertThat(pair.clientResult().peer().securityLevel())
        .isEqualTo(pair.serverResult().peer().securityLevel());
    return pair.clientResult().peer().securityLevel();
  }
}
