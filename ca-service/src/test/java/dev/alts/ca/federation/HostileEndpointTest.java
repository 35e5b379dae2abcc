package dev.alts.ca.federation;

import static dev.alts.ca.testing.HttpsSite.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.ca.federation.FederationStatus.Standing;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.ca.jwt.JwtSvidRequest;
import dev.alts.ca.jwt.JwtSvids;
import dev.alts.ca.testing.CaCore;
import dev.alts.ca.testing.HttpsSite;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestTrustDomain;
import dev.alts.testing.TrustsAnyone;
import dev.alts.wire.handshake.v1.EntityKind;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One CA, an endpoint that answers whatever it likes, and a stranger at the CA's own port. */
class HostileEndpointTest {
  private static final TrustDomain EVIL = new TrustDomain("evil.example");
  private static final String ISSUER = "https://oidc.test.alts/td";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static FederatedCa ca;
  private static HttpsSite site;
  private static TestTrustDomain evil;
  private static volatile String answer = "";

  /** What is answered where documents are asked for; absent: as elsewhere. */
  private static volatile @Nullable DomainDocuments documents;

  @BeforeAll
  static void aCaAndAHostileEndpoint() {
    evil = TestTrustDomain.of(EVIL.name(), Instant.now());
    site = HttpsSite.start("localhost", HostileEndpointTest::answer);
    ca = FederatedCa.start(CaCore.DOMAIN.name(), "alts.ca.jwt-issuer=" + ISSUER);
  }

  private static void answer(String path, Socket connection) throws IOException {
    DomainDocuments signed = documents;
    if (signed == null || !path.equals(EndpointReader.DOCUMENTS_PATH)) {
      HttpsSite.write(connection, answer);
      return;
    }
    HttpsSite.write(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(EndpointReader.DOCUMENTS_TYPE, signed.getSerializedSize()));
    signed.writeTo(connection.getOutputStream());
  }

  @AfterAll
  static void theyEnd() {
    ca.close();
    site.close();
  }

  @BeforeEach
  void nothingIsFederated() {
    documents = null;
    ca.bean(Federations.class).remove(EVIL);
  }

  record Bad(String what, String body, String reason) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Bad> badBundles() {
    String good = authority("WORKLOAD");
    String other = authority("MACHINE");
    TestTrustDomain stranger = TestTrustDomain.of("third.example", Instant.now());
    return Stream.of(
        new Bad("a sequence that goes back", bundle(4, good), "sequence 4"),
        new Bad("the same sequence with other keys", bundle(5, other), "sequence 5"),
        new Bad("no sequence any more", "{\"keys\":[%s]}".formatted(good), "no sequence"),
        new Bad("nothing", "", "bundle"),
        new Bad("no JSON", "<html>", "bundle"),
        new Bad("an array", "[]", "no JSON object"),
        new Bad("no keys", "{\"spiffe_sequence\":6}", "keys"),
        new Bad("keys that are no array", "{\"keys\":{},\"spiffe_sequence\":6}", "keys"),
        new Bad("a member twice", "{\"keys\":[],\"keys\":[],\"spiffe_sequence\":6}", "uplicate"),
        new Bad("something behind it", bundle(6, good) + "x", "bundle"),
        new Bad("a negative sequence", bundle(-1, good), "spiffe_sequence"),
        new Bad("a fraction of a sequence", "{\"keys\":[],\"spiffe_sequence\":6.5}", "spiffe_seq"),
        new Bad("too great a sequence", "{\"keys\":[],\"spiffe_sequence\":1e30}", "spiffe_seq"),
        new Bad("depth", "{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}", "nest"),
        new Bad("an authority twice", bundle(6, good + "," + good), "twice"),
        new Bad("a kid twice", bundle(6, jwt("k") + "," + jwt("k")), "twice"),
        new Bad(
            "a key off its curve",
            bundle(6, jwt("k").replace("\"y\":\"", "\"y\":\"AQAA")),
            "P-256"),
        new Bad(
            "two certificates in one key",
            bundle(6, good.replace("]", ",\"MAA=\"]")),
            "exactly one"),
        new Bad(
            "the authority of another trust domain",
            bundle(6, authority(stranger.authority(kind("WORKLOAD")))),
            "expected: spiffe://evil.example"),
        new Bad(
            "a leaf as an authority",
            bundle(6, authority(evil.tls("/web").certificate())),
            "authority"),
        new Bad("our own authority", bundle(6, ownAuthority()), "authority"),
        new Bad("100 MB", "x".repeat(300 * 1024), "more than"));
  }

  @ParameterizedTest
  @MethodSource("badBundles")
  @Tag("abuse-45")
  void badBundleIsRefusedAndWhatWasHeldStaysTrusted(Bad bad) {
    answer = json(bundle(5, authority("WORKLOAD")));
    ca.put(relationship(site.port(), null), null);
    assertThat(ca.refresh(EVIL).standing()).isEqualTo(Standing.GOOD);
    var told = ca.told(EVIL).orElseThrow();

    answer = json(bad.body());
    FederationStatus after = ca.refresh(EVIL);

    assertThat(after.lastFailure()).contains(bad.reason());
    assertThat(after.sequence()).isEqualTo(5);
    assertThat(after.standing()).isEqualTo(Standing.FAILING);
    assertThat(ca.told(EVIL)).contains(told);
  }

  @Test
  @Tag("abuse-45")
  void emptyBundleIsTrustInNothingAndUnknownKeysAreLeftOut() {
    answer =
        json(
            bundle(
                1,
                "{\"kty\":\"OKP\",\"use\":\"jwt-svid\",\"kid\":\"o\"},{\"kty\":\"EC\"},"
                    + "{\"kty\":\"EC\",\"use\":\"wit-svid\"},"
                    + authority("WORKLOAD")));
    ca.put(relationship(site.port(), null), null);
    FederationStatus some = ca.refresh(EVIL);
    assertThat(some.authorities()).isEqualTo(1);
    assertThat(some.jwtKeys()).isZero();

    answer = json(bundle(2, ""));

    assertThat(ca.refresh(EVIL).standing()).isEqualTo(Standing.EMPTY);
    assertThat(ca.told(EVIL).orElseThrow().getX509AuthoritiesCount()).isZero();
  }

  @Test
  @Tag("abuse-45")
  void documentsOfAnotherRootOrDomainAreRefusedTogetherWithTheBundle() {
    answer = json(bundle(1, authority("WORKLOAD")));
    ca.put(relationship(site.port(), new RootFingerprint(Bytes.copyOf(new byte[32]))), null);

    // The endpoint answers with its bundle where documents are asked for.
    assertThat(ca.refresh(EVIL).lastFailure()).contains("document");
    assertThat(ca.told(EVIL)).isEmpty();
  }

  record Replayed(String what, DomainDocuments documents, String reason) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Replayed> replayedDocuments() {
    return Stream.of(
        new Replayed(
            "an older trust document", signed(4, list(5, 7)), "trust document: sequence 4"),
        new Replayed(
            "another trust document of the same sequence",
            DomainDocuments.newBuilder()
                .setTrustDocument(
                    evil.trustDocument(document -> document.setSequence(5).clearAuditKeys()))
                .setRevocationList(list(5, 7))
                .build(),
            "trust document: sequence 5"),
        new Replayed("an older list", signed(6, list(5, 6)), "revocation list: counter 6"),
        new Replayed(
            "a list of an older trust document",
            signed(6, list(4, 8)),
            "revocation list: counter 8"),
        new Replayed(
            "no list any more",
            signed(6, list(5, 7)).toBuilder().clearRevocationList().build(),
            "revocation list: none"));
  }

  @ParameterizedTest
  @MethodSource("replayedDocuments")
  @Tag("abuse-45")
  void documentThatGoesBackIsRefusedAlthoughTheRightKeySignedIt(Replayed replayed) {
    answer = json(bundle(1, authority("WORKLOAD")));
    documents = signed(5, list(5, 7));
    ca.put(relationship(site.port(), new RootFingerprint(Bytes.copyOf(evil.rootSha256()))), null);
    assertThat(ca.refresh(EVIL).standing()).isEqualTo(Standing.GOOD);
    var told = ca.told(EVIL).orElseThrow();

    // In this order: a fetch of the CA's own that is under way never sees the new bundle with the
    // documents that were good.
    documents = replayed.documents();
    answer = json(bundle(2, authority("MACHINE")));
    FederationStatus after = ca.refresh(EVIL);

    assertThat(after.lastFailure()).contains(replayed.reason());
    assertThat(after.sequence()).isEqualTo(1);
    assertThat(after.trustDocumentSequence()).isEqualTo(5);
    assertThat(ca.told(EVIL)).contains(told);

    documents = signed(6, list(6, 1));
    assertThat(ca.refresh(EVIL).trustDocumentSequence()).isEqualTo(6);
  }

  private static DomainDocuments signed(long sequence, SignedDocument list) {
    return DomainDocuments.newBuilder()
        .setTrustDocument(evil.trustDocument(document -> document.setSequence(sequence)))
        .setRevocationList(list)
        .build();
  }

  private static SignedDocument list(long trustDocument, long counter) {
    return evil.revocationList(
        list -> list.setTrustDocumentSequence(trustDocument).setCounter(counter));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:%d/",
        "https://localhost:%d/",
        "https://[::1]:%d/",
        "https://[::ffff:127.0.0.1]:%d/",
        "https://0.0.0.0:%d/",
        "https://10.0.0.1:%d/",
        "https://169.254.169.254:%d/latest/meta-data/"
      })
  @Tag("abuse-44")
  void endpointThatIsNotOnTheInternetIsNotAsked(String url) {
    int before = site.asked().size();
    ca.put(
        new Relationship(
            EVIL,
            HttpsUrl.parse(url.formatted(site.port())),
            profile(),
            null,
            false,
            FederatedCa.WORKLOADS),
        null);

    assertThat(ca.refresh(EVIL).lastFailure()).matches(".*(public address|link-local).*");
    assertThat(site.asked()).hasSize(before);
  }

  @Test
  @Tag("abuse-44")
  void linkLocalAddressIsNotAskedEvenIfPrivateNetworksAreAllowed() {
    ca.put(
        new Relationship(
            EVIL,
            HttpsUrl.parse("https://169.254.169.254/latest/meta-data/"),
            profile(),
            null,
            true,
            FederatedCa.WORKLOADS),
        null);

    assertThat(ca.refresh(EVIL).lastFailure()).contains("link-local");
  }

  @Test
  @Tag("abuse-44")
  void redirectIsNotFollowed() {
    try (HttpsSite inside = HttpsSite.start("localhost", (path, connection) -> {})) {
      answer =
          "HTTP/1.1 302 Found\r\nLocation: https://localhost:%d/secret\r\nContent-Length: 0\r\n\r\n"
              .formatted(inside.port());
      ca.put(relationship(site.port(), null), null);

      assertThat(ca.refresh(EVIL).lastFailure()).contains("redirect");
      assertThat(inside.asked()).isEmpty();
    }
  }

  @Test
  void bundleIsServedWithATagAndNothingElseIs() throws Exception {
    HttpResponse<String> first = ask("/bundle", "GET", null);
    JsonNode bundle = JSON.readTree(first.body());

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("content-type")).contains("application/json");
    assertThat(bundle.get("spiffe_sequence").asLong()).isPositive();
    assertThat(bundle.get("spiffe_refresh_hint").asLong()).isEqualTo(300);
    assertThat(bundle.get("keys").findValuesAsString("use")).contains("x509-svid", "jwt-svid");
    String tag = first.headers().firstValue("etag").orElseThrow();
    assertThat(ask("/bundle", "GET", tag).statusCode()).isEqualTo(304);
    assertThat(ask("/bundle", "HEAD", null).body()).isEmpty();
    assertThat(ask("/bundle", "POST", null).statusCode()).isEqualTo(405);
    for (String path : List.of("/", "/bundle/", "/bundle?x=1", "/../bundle", "/v1/humans")) {
      assertThat(ask(path, "GET", null).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void verifierOfAnotherMakeVerifiesOurTokensByOidcDiscovery() throws Exception {
    String token =
        ca.bean(JwtSvids.class)
            .sign(
                new JwtSvidRequest(
                    SpiffeId.of(CaCore.DOMAIN, "/web"),
                    List.of("cloud"),
                    Duration.ofMinutes(5),
                    "host-1",
                    "web",
                    1),
                () -> true)
            .exposeToken();
    JsonNode discovery =
        JSON.readTree(ask("/td/.well-known/openid-configuration", "GET", null).body());
    assertThat(discovery.get("issuer").asString()).isEqualTo(ISSUER);
    assertThat(discovery.get("jwks_uri").asString()).isEqualTo(ISSUER + "/keys");

    // The verifier fetches the keys itself; only the name leads to our port instead of a cloud's.
    URL keys = URI.create("https://127.0.0.1:%d/td/keys".formatted(port())).toURL();
    DefaultJWTProcessor<SecurityContext> verifier = new DefaultJWTProcessor<>();
    verifier.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            JWSAlgorithm.ES256,
            JWKSourceBuilder.create(
                    keys,
                    asked -> {
                      try {
                        return new Resource(
                            ask(asked.getPath(), "GET", null).body(), "application/json");
                      } catch (Exception e) {
                        throw new IOException(e);
                      }
                    })
                .build()));
    verifier.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            "cloud", new JWTClaimsSet.Builder().issuer(ISSUER).build(), Set.of("sub", "exp")));

    assertThat(verifier.process(token, null).getSubject()).isEqualTo("spiffe://test.alts/web");
  }

  private static int port() {
    return ca.port(PublicPorts.SPIFFE);
  }

  private static HttpResponse<String> ask(String path, String method, @Nullable String tag)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:%d%s".formatted(port(), path)))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (tag != null) {
      request.header("If-None-Match", tag);
    }
    try (HttpClient client = HttpClient.newBuilder().sslContext(TrustsAnyone.client()).build()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static Relationship relationship(int port, @Nullable RootFingerprint root) {
    return new Relationship(
        EVIL,
        HttpsUrl.parse("https://localhost:%d/bundle".formatted(port)),
        profile(),
        root,
        true,
        FederatedCa.WORKLOADS);
  }

  private static EndpointProfile profile() {
    try {
      return new EndpointProfile.HttpsWeb(List.of(Bytes.copyOf(site.root().getEncoded())));
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static String bundle(long sequence, String keys) {
    return "{\"keys\":[%s],\"spiffe_sequence\":%d}".formatted(keys, sequence);
  }

  private static EntityKind kind(String name) {
    return EntityKind.valueOf(name);
  }

  private static String authority(String kind) {
    return authority(evil.authority(kind(kind)));
  }

  private static String authority(TestAuthority authority) {
    return authority(authority.certificate());
  }

  private static String authority(byte[] der) {
    return "{\"use\":\"x509-svid\",\"kty\":\"EC\",\"x5c\":[\"%s\"]}"
        .formatted(Base64.getEncoder().encodeToString(der));
  }

  private static String ownAuthority() {
    for (JsonNode key : JSON.readTree(ca.bundle()).get("keys")) {
      if (key.get("use").asString().equals("x509-svid")) {
        return JSON.writeValueAsString(key);
      }
    }
    throw new AssertionError("a CA without authorities");
  }

  private static String jwt(String keyId) {
    for (JsonNode key : JSON.readTree(ca.bundle()).get("keys")) {
      if (key.get("use").asString().equals("jwt-svid")) {
        return "{\"use\":\"jwt-svid\",\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"%s\",\"x\":\"%s\",\"y\":\"%s\"}"
            .formatted(keyId, key.get("x").asString(), key.get("y").asString());
      }
    }
    throw new AssertionError("a CA without JWT keys");
  }
}
