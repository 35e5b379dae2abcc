package dev.alts.ca.federation;

import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.federation.publish.Representation;
import dev.alts.ca.jwt.JwtBundles;
import dev.alts.ca.jwt.JwtIssuer;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.identity.Bytes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * What everybody may read of our trust domain, by path. Kept in memory, so that strangers cost no
 * look into the database. Thread-safe.
 */
final class PublicDocuments implements Supplier<Map<String, Representation>> {
  static final String BUNDLE_PATH = "/bundle";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final OwnBundle bundle;
  private final TrustDocuments trust;
  private final RevocationLists revocation;
  private final JwtBundles jwtKeys;
  private final JwtIssuer issuer;
  private final Hints hints;
  private volatile Map<String, Representation> current = Map.of();

  /**
   * When others should ask again.
   *
   * @param bundle also for {@code spiffe_refresh_hint}
   * @param documents how long it may take until a revocation is known in other trust domains
   */
  record Hints(Duration bundle, Duration documents) {}

  /** What we sign, besides the bundle. */
  record Signed(
      TrustDocuments trust, RevocationLists revocation, JwtBundles jwtKeys, JwtIssuer issuer) {}

  PublicDocuments(OwnBundle bundle, Signed signed, Hints hints) {
    this.bundle = bundle;
    this.trust = signed.trust();
    this.revocation = signed.revocation();
    this.jwtKeys = signed.jwtKeys();
    this.issuer = signed.issuer();
    this.hints = hints;
  }

  @Override
  public Map<String, Representation> get() {
    return current;
  }

  /** Reads what there is now. */
  void refresh() {
    Map<String, Representation> documents = new LinkedHashMap<>();
    bundle.newest().ifPresent(version -> documents.put(BUNDLE_PATH, bundle(version)));
    documents.put(EndpointReader.DOCUMENTS_PATH, documents());
    issuer.url().ifPresent(url -> addDiscovery(documents, url));
    current = Map.copyOf(documents);
  }

  private Representation bundle(OwnBundle.Version version) {
    String json =
        "{\"keys\":%s,\"spiffe_sequence\":%d,\"spiffe_refresh_hint\":%d}"
            .formatted(version.keys(), version.sequence(), hints.bundle().toSeconds());
    return Representation.of(utf8(json), EndpointReader.BUNDLE_TYPE, hints.bundle());
  }

  private Representation documents() {
    DomainDocuments.Builder documents =
        DomainDocuments.newBuilder()
            .setTrustDocument(trust.current().signed())
            .addAllBridges(trust.bridges())
            .setRefreshHintSeconds(Math.toIntExact(hints.documents().toSeconds()));
    revocation.current().ifPresent(documents::setRevocationList);
    return Representation.of(
        Bytes.adopt(documents.build().toByteArray()),
        EndpointReader.DOCUMENTS_TYPE,
        hints.documents());
  }

  /** OpenID Connect Discovery 1.0 section 3: as much as verifiers of tokens read. */
  private void addDiscovery(Map<String, Representation> documents, URI url) {
    Map<String, Object> discovery = new LinkedHashMap<>();
    discovery.put("issuer", url.toString());
    discovery.put("jwks_uri", url + "/keys");
    // Demanded by the standard; nobody logs in here.
    discovery.put("authorization_endpoint", "");
    discovery.put("response_types_supported", List.of("id_token"));
    discovery.put("subject_types_supported", List.of("public"));
    discovery.put("id_token_signing_alg_values_supported", List.of("ES256"));
    discovery.put("claims_supported", List.of("iss", "sub", "aud", "iat", "exp"));
    documents.put(url.getRawPath() + "/.well-known/openid-configuration", json(discovery));
    List<Map<String, Object>> keys = new ArrayList<>();
    for (Map<String, Object> key : jwtKeys.keys()) {
      Map<String, Object> plain = new LinkedHashMap<>(key);
      // Verifiers outside SPIFFE know "sig" only.
      plain.put("use", "sig");
      plain.put("alg", "ES256");
      keys.add(plain);
    }
    documents.put(url.getRawPath() + "/keys", json(Map.of("keys", keys)));
  }

  private Representation json(Map<String, Object> content) {
    return Representation.of(
        utf8(JSON.writeValueAsString(content)), EndpointReader.BUNDLE_TYPE, hints.bundle());
  }

  private static Bytes utf8(String text) {
    return Bytes.adopt(text.getBytes(StandardCharsets.UTF_8));
  }
}
