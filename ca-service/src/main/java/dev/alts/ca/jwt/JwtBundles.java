package dev.alts.ca.jwt;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.JwtBundle;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.authority.JwtAuthorities;
import dev.alts.ca.authority.JwtAuthority;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.crypto.EcdsaP256;
import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys by which our JWT-SVIDs are verified, as a JSON web key set in the form of a SPIFFE trust
 * bundle (SPIFFE_Trust_Domain_and_Bundle.md section 4), and pushed to agents. Thread-safe.
 */
@Service
public class JwtBundles {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int COORDINATE_BYTES = 32;

  private final JwtAuthorities authorities;
  private final TrustDocuments trust;
  private final WatchLog watch;

  JwtBundles(JwtAuthorities authorities, TrustDocuments trust, WatchLog watch) {
    this.authorities = authorities;
    this.trust = trust;
    this.watch = watch;
  }

  /** {@return the key set as JSON} */
  public String json() {
    Map<String, Object> bundle = new LinkedHashMap<>();
    bundle.put("keys", keys());
    return JSON.writeValueAsString(bundle);
  }

  /** {@return the keys of the set, each with the members of a JSON web key} */
  public List<Map<String, Object>> keys() {
    return authorities.published().stream().map(JwtBundles::key).toList();
  }

  /** Reads what other replicas changed, and pushes the key set if it is another one. */
  public void publish() {
    authorities.refresh();
    watch.publishIfChanged(
        WatchTopic.JWT_BUNDLE,
        WatchResponse.newBuilder()
            .setJwtBundle(
                JwtBundle.newBuilder()
                    .setTrustDomain(trust.current().parsed().trustDomain().name())
                    .setJwks(ByteString.copyFromUtf8(json())))
            .build());
  }

  private static Map<String, Object> key(JwtAuthority authority) {
    ECPublicKey key = (ECPublicKey) EcdsaP256.best().decodePublicKey(authority.spki());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kty", "EC");
    json.put("kid", authority.keyId());
    json.put("use", "jwt-svid");
    json.put("crv", "P-256");
    json.put("x", coordinate(key.getW().getAffineX()));
    json.put("y", coordinate(key.getW().getAffineY()));
    return json;
  }

  private static String coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] fixed = new byte[COORDINATE_BYTES];
    int from = Math.max(0, bytes.length - COORDINATE_BYTES);
    byte[] significant = Arrays.copyOfRange(bytes, from, bytes.length);
    System.arraycopy(
        significant, 0, fixed, COORDINATE_BYTES - significant.length, significant.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(fixed);
  }
}
