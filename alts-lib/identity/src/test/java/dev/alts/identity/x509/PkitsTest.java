package dev.alts.identity.x509;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.testing.TestVectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/**
 * NIST PKITS as far as it is about paths. Out of scope: X.509 revocation lists (4.4, 4.14, 4.15 and
 * the single tests below), since SPIFFE has none and ours is a signed list; tests that ask for
 * policy options, since no policy is ever asked for here; DSA (4.1.4, 4.1.5), which is refused.
 */
class PkitsTest {
  private static final Instant NOW = Instant.parse("2020-01-01T00:00:00Z");
  private static final Set<String> ABOUT_REVOCATION = Set.of("4.5.2", "4.5.8", "4.7.4", "4.7.5");
  private static final Set<String> DSA = Set.of("4.1.4", "4.1.5");

  private final ChainValidator validator = new ChainValidator(EcdsaP256.best());

  @Test
  void everyPathIsJudgedAsPkitsSays() throws Exception {
    JsonObject pkits = TestVectors.read("nist/pkits.json");
    JsonObject certificates = pkits.getAsJsonObject("certs");
    AuthorityCertificate anchor =
        AuthorityCertificate.parse(der(certificates, pkits.get("trust_anchor").getAsString()));

    SoftAssertions softly = new SoftAssertions();
    int judged = 0;
    for (JsonElement element : pkits.getAsJsonArray("tests")) {
      JsonObject test = element.getAsJsonObject();
      String id = test.get("id").getAsString();
      if (isOutOfScope(id) || !test.getAsJsonArray("options").isEmpty()) {
        continue;
      }
      List<Bytes> issuers = new ArrayList<>();
      test.getAsJsonArray("cas")
          .forEach(name -> issuers.add(der(certificates, name.getAsString())));
      Bytes leaf = der(certificates, test.get("ee").getAsString());
      softly
          .assertThat(anyOrderIsValid(leaf, issuers, anchor))
          .as("%s %s", id, test.get("ee"))
          .isEqualTo(test.get("expected").getAsString().equals("valid"));
      judged++;
    }
    softly.assertAll();
    assertThat(judged).isGreaterThan(100);
  }

  @Test
  void dsaIsRefused() throws Exception {
    JsonObject pkits = TestVectors.read("nist/pkits.json");
    JsonObject certificates = pkits.getAsJsonObject("certs");
    AuthorityCertificate anchor =
        AuthorityCertificate.parse(der(certificates, pkits.get("trust_anchor").getAsString()));

    assertThat(
            anyOrderIsValid(
                der(certificates, "ValidDSASignaturesTest4EE.crt"),
                List.of(der(certificates, "DSACACert.crt")),
                anchor))
        .isFalse();
  }

  private static boolean isOutOfScope(String id) {
    return id.startsWith("4.4.")
        || id.startsWith("4.14.")
        || id.startsWith("4.15.")
        || ABOUT_REVOCATION.contains(id)
        || DSA.contains(id);
  }

  /** PKITS names the certificates; building the path is left to us. */
  private boolean anyOrderIsValid(Bytes leaf, List<Bytes> issuers, AuthorityCertificate anchor) {
    return permutations(issuers).stream()
        .anyMatch(order -> {
          List<Bytes> chain = new ArrayList<>(List.of(leaf));
          chain.addAll(order);
          return isValid(chain, anchor);
        });
  }

  private boolean isValid(List<Bytes> chain, AuthorityCertificate anchor) {
    try {
      List<StrictCertificate> certificates = new ArrayList<>();
      for (Bytes der : chain) {
        certificates.add(StrictCertificate.parse(der));
      }
      Validity validity = validator.validate(certificates, anchor);
      return !validity.isAhead(NOW) && !validity.isOver(NOW);
    } catch (InvalidCertificateException e) {
      return false;
    }
  }

  private static List<List<Bytes>> permutations(List<Bytes> items) {
    if (items.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Bytes>> all = new ArrayList<>();
    for (Bytes first : items) {
      List<Bytes> rest = new ArrayList<>(items);
      rest.remove(first);
      for (List<Bytes> tail : permutations(rest)) {
        List<Bytes> order = new ArrayList<>(List.of(first));
        order.addAll(tail);
        all.add(order);
      }
    }
    return all;
  }

  private static Bytes der(JsonObject certificates, String name) {
    return Bytes.copyOf(Base64.getDecoder().decode(certificates.get(name).getAsString()));
  }
}
