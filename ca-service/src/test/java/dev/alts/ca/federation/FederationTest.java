package dev.alts.ca.federation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.ca.authority.AuthorityRotation;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.RootRotation;
import dev.alts.ca.federation.FederationStatus.Standing;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TrustsAnyone;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two CAs that federate over both profiles, in both directions. */
class FederationTest {
  private static final TrustDomain OURS = CaCore.DOMAIN;
  private static final TrustDomain THEIRS = new TrustDomain("other.example");
  private static final Instant NOW = Instant.now();

  @TempDir private static Path directory;
  private static TestAuthority webRoot;
  private static FederatedCa ours;
  private static FederatedCa theirs;

  @BeforeAll
  static void twoCas() throws Exception {
    webRoot =
        TestAuthority.selfSigned(
            "Web root",
            "unused",
            NOW,
            made -> made.noNames().ca(1).validity(NOW.minusSeconds(3600), in(30)));
    writeWebCertificate();
    ours = FederatedCa.start(OURS.name());
    theirs =
        FederatedCa.start(
            THEIRS.name(),
            "alts.ca.federation.web.port=0",
            "alts.ca.federation.web.certificate=" + directory.resolve("web.pem"),
            "alts.ca.federation.web.key=" + directory.resolve("web.key"));
  }

  @AfterAll
  static void theyEnd() {
    ours.close();
    theirs.close();
  }

  @BeforeEach
  void nothingIsFederated() {
    ours.bean(Federations.class).remove(THEIRS);
    theirs.bean(Federations.class).remove(OURS);
  }

  @Test
  void eachKnowsTheOtherByItsSvidAndTellsItsAgents() {
    String first = theirs.bundle();

    ours.put(theirs.bySvid(true), first);
    theirs.put(ours.bySvid(true), ours.bundle());

    ours.awaitStanding(THEIRS, Standing.GOOD);
    theirs.awaitStanding(OURS, Standing.GOOD);
    FederatedDomain told = ours.told(THEIRS).orElseThrow();
    assertThat(told.getX509AuthoritiesCount())
        .isEqualTo(theirs.bean(AuthorityRotation.class).list().size());
    assertThat(told.getJwks().toStringUtf8()).contains("\"jwt-svid\"").doesNotContain("x509-svid");
    assertThat(told.getConstraint().getKindsList())
        .containsExactly(dev.alts.wire.handshake.v1.EntityKind.WORKLOAD);
    assertThat(told.getDocuments().hasRevocationList()).isTrue();
    assertThat(ours.status(THEIRS).trustDocumentSequence()).isPositive();
    assertThat(theirs.told(OURS)).isPresent();
    assertThat(ours.jdbc().queryForObject(changes(), Integer.class)).isPositive();
  }

  private static String changes() {
    return "select count(*) from audit_event where type = 'ForeignDomainChanged'";
  }

  @Test
  void webCertificateOfAPinnedCaIsEnoughAndOneOfAnotherIsNot() {
    ours.put(byWeb(webRoot), null);

    ours.awaitStanding(THEIRS, Standing.GOOD);
    assertThat(ours.told(THEIRS).orElseThrow().hasDocuments()).isFalse();

    ours.bean(Federations.class).remove(THEIRS);
    TestAuthority another =
        TestAuthority.selfSigned(
            "Another", "unused", NOW, made -> made.noNames().ca(1).validity(NOW, in(30)));
    ours.put(byWeb(another), null);
    assertThat(ours.refresh(THEIRS).lastFailure()).contains("certification path");
    assertThat(ours.told(THEIRS)).isEmpty();
  }

  @Test
  void webCertificateThatIsReplacedInItsFilesIsShown() throws Exception {
    X509Certificate before = shown(theirs.port(PublicPorts.WEB));

    writeWebCertificate();

    FederatedCa.await(
        "the new certificate is shown", () -> !shown(theirs.port(PublicPorts.WEB)).equals(before));
  }

  @Test
  void newAuthoritiesKeysAndRootsOfTheOtherGoThroughAndNothingBefore() {
    ours.put(theirs.bySvid(true), theirs.bundle());
    ours.awaitStanding(THEIRS, Standing.GOOD);
    FederatedDomain before = ours.told(THEIRS).orElseThrow();

    theirs.bean(AuthorityRotation.class).prepare(Set.of(EntityKind.WORKLOAD), "test");
    theirs.bean(JwtAuthorities.class).prepare("test");
    theirs.bean(RootRotation.class).prepare("test");
    theirs.bean(RootRotation.class).activate("test");

    FederatedCa.await(
        "agents know the new authority, and the new root by a bridge",
        () -> {
          FederatedDomain now = ours.told(THEIRS).orElseThrow();
          return now.getX509AuthoritiesCount() > before.getX509AuthoritiesCount()
              && !now.getJwks().equals(before.getJwks())
              && now.getDocuments().getBridgesCount() > 0;
        });
    assertThat(ours.told(THEIRS).orElseThrow().getRootSpkiSha256())
        .isEqualTo(before.getRootSpkiSha256());
    assertThat(ours.status(THEIRS).standing()).isEqualTo(Standing.GOOD);
  }

  @Test
  void revocationInTheOtherDomainReachesOurAgents() {
    ours.put(theirs.bySvid(true), theirs.bundle());
    ours.awaitStanding(THEIRS, Standing.GOOD);
    DomainDocuments before = ours.told(THEIRS).orElseThrow().getDocuments();
    SpiffeId revoked = SpiffeId.of(THEIRS, "/shop");

    theirs
        .bean(RevocationService.class)
        .revoke(
            new RevocationRequest(
                new RevocationTarget.Subject(revoked),
                false,
                ReasonCode.KEY_COMPROMISE,
                "test",
                "test"));

    FederatedCa.await(
        "the list with the revoked subject",
        () -> {
          DomainDocuments now = ours.told(THEIRS).orElseThrow().getDocuments();
          return !now.getRevocationList().equals(before.getRevocationList())
              && now.getRevocationList().getBody().toStringUtf8().contains(revoked.toString());
        });
  }

  @Test
  void whatIsRemovedIsWithdrawnAtOnceAndWhatIsOnItsWayThenIsDropped() {
    ours.put(theirs.bySvid(true), theirs.bundle());
    ours.awaitStanding(THEIRS, Standing.GOOD);
    ForeignDomain asked = ours.bean(Federations.class).held(THEIRS).orElseThrow();
    SpiffeBundle bundle = java.util.Objects.requireNonNull(asked.held().bundle());

    ours.bean(Federations.class).remove(THEIRS);

    assertThat(ours.told(THEIRS)).isEmpty();
    assertThat(
            ours.bean(Federations.class)
                .adopt(asked, new EndpointReader.Received(bundle, null), Duration.ofSeconds(5)))
        .isEmpty();
    assertThat(ours.bean(Federations.class).find(THEIRS)).isEmpty();
    assertThat(ours.told(THEIRS)).isEmpty();
  }

  @Test
  void domainThatCannotBeFetchedForTooLongIsTrustedNoMore() {
    ours.put(theirs.bySvid(false), theirs.bundle());
    ours.awaitStanding(THEIRS, Standing.GOOD);

    ours.jdbc()
        .update(
            "update federation set fetched_at = fetched_at - interval '8 days',"
                + " next_fetch_at = clock_timestamp() + interval '1 day'");

    FederatedCa.await("agents are not told of it", () -> ours.told(THEIRS).isEmpty());
    assertThat(ours.status(THEIRS).standing()).isEqualTo(Standing.EXPIRED);
  }

  @Test
  @Tag("abuse-45")
  void endpointThatShowsTheSvidOfSomebodyElseIsNotBelieved() {
    Relationship right = theirs.bySvid(false);
    Relationship wrongName =
        new Relationship(
            THEIRS,
            right.endpoint(),
            new EndpointProfile.HttpsSpiffe(SpiffeId.of(THEIRS, "/other")),
            null,
            true,
            FederatedCa.WORKLOADS);
    ours.put(wrongName, theirs.bundle());

    assertThat(ours.refresh(THEIRS).lastFailure())
        .contains("endpoint is spiffe://other.example/ca");

    // Our own port, by a bundle of theirs: the authority is another one.
    Relationship wrongAuthority =
        new Relationship(
            THEIRS,
            new HttpsUrl("127.0.0.1", ours.port(PublicPorts.SPIFFE), PublicDocuments.BUNDLE_PATH),
            new EndpointProfile.HttpsSpiffe(SpiffeId.of(OURS, "/ca")),
            null,
            true,
            FederatedCa.WORKLOADS);
    ours.put(wrongAuthority, null);
    assertThat(ours.refresh(THEIRS).lastFailure()).contains("expected: spiffe://other.example");
    assertThat(ours.told(THEIRS)).isEmpty();
  }

  @Test
  @Tag("abuse-48")
  void ourOwnDomainAndNamesWithDotsAtTheirEndsAreNotFederatedWith() {
    for (String name : List.of(OURS.name(), OURS.name() + ".", "." + THEIRS.name())) {
      Relationship relationship =
          new Relationship(
              new TrustDomain(name),
              HttpsUrl.parse("https://bundle.example/"),
              new EndpointProfile.HttpsWeb(List.of()),
              null,
              false,
              FederatedCa.WORKLOADS);

      assertThatThrownBy(() -> ours.put(relationship, null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("trust domain");
    }
  }

  @Test
  void endpointOfTheOtherDomainItselfNeedsABundleToBeginWith() {
    assertThatThrownBy(() -> ours.put(theirs.bySvid(false), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bundle: none");
  }

  private static Relationship byWeb(TestAuthority root) {
    return new Relationship(
        THEIRS,
        HttpsUrl.parse("https://localhost:%d/bundle".formatted(theirs.port(PublicPorts.WEB))),
        new EndpointProfile.HttpsWeb(List.of(Bytes.copyOf(root.certificate()))),
        null,
        true,
        FederatedCa.WORKLOADS);
  }

  private static void writeWebCertificate() throws Exception {
    var svid =
        webRoot.issue(
            "unused",
            made ->
                made.noNames()
                    .subject("CN=localhost")
                    .dnsName("localhost")
                    .attributes(null)
                    .validity(NOW.minusSeconds(3600), in(20)));
    write("web.key", "PRIVATE KEY", svid.privateKey().getEncoded());
    write("web.pem", "CERTIFICATE", svid.certificate());
  }

  private static void write(String name, String type, byte[] der) throws Exception {
    Path next = directory.resolve(name + ".new");
    Files.writeString(
        next,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(type, Base64.getMimeEncoder().encodeToString(der), type));
    Files.move(next, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static X509Certificate shown(int port) {
    try {
      try (SSLSocket socket =
          (SSLSocket) TrustsAnyone.client().getSocketFactory().createSocket("127.0.0.1", port)) {
        socket.startHandshake();
        return (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(
                        socket.getSession().getPeerCertificates()[0].getEncoded()));
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Instant in(int days) {
    return NOW.plus(Duration.ofDays(days));
  }
}
