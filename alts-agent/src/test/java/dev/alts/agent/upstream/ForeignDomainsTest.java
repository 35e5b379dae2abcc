package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainState.Foreign;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.api.federation.v1.FederatedDomains;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ForeignDomainsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final TestTrustDomain other = TestTrustDomain.of("other.example", NOW);
  private final TestTrustDomain third = TestTrustDomain.of("third.example", NOW);
  private final SignedDocument trust = other.trustDocument(document -> document.setSequence(5));
  private final SignedDocument list = other.revocationList(7);

  @Test
  @Tag("abuse-45")
  void olderTrustDocumentOfTheRightRootIsRefused() {
    Map<String, Foreign> held = ForeignDomains.follow(Map.of(), of(domain(other, trust, list)));

    Map<String, Foreign> next =
        ForeignDomains.follow(
            held,
            of(domain(other, other.trustDocument(document -> document.setSequence(4)), list)));

    assertThat(trust(next, other)).isEqualTo(trust);
  }

  @Test
  @Tag("abuse-45")
  void olderRevocationListOfTheRightKeyIsRefused() {
    Map<String, Foreign> held = ForeignDomains.follow(Map.of(), of(domain(other, trust, list)));

    Map<String, Foreign> older =
        ForeignDomains.follow(held, of(domain(other, trust, other.revocationList(6))));
    Map<String, Foreign> none = ForeignDomains.follow(older, of(domain(other, trust, null)));

    assertThat(list(older, other)).isEqualTo(list);
    assertThat(list(none, other)).isEqualTo(list);
  }

  @Test
  @Tag("abuse-45")
  void domainWhoseDocumentsAreRefusedSpoilsNoOther() {
    SignedDocument first = third.trustDocument();
    SignedDocument second = third.trustDocument(document -> document.setSequence(2));
    Map<String, Foreign> held =
        ForeignDomains.follow(Map.of(), of(domain(other, trust, list), domain(third, first, null)));

    // What third signed, said to be of other.
    Map<String, Foreign> next =
        ForeignDomains.follow(held, of(domain(other, second, null), domain(third, second, null)));

    assertThat(trust(next, other)).isEqualTo(trust);
    assertThat(list(next, other)).isEqualTo(list);
    assertThat(trust(next, third)).isEqualTo(second);
  }

  @Test
  void domainIsGivenToThePathsThatAreSaidAndToNoOther() throws Exception {
    TestTrustDomain ours = TestTrustDomain.of("demo.alts", NOW);
    DomainState state =
        DomainState.first(
                new Verified<>(
                    ours.trustDocument(),
                    TrustDocument.open(
                        ours.trustDocument(),
                        new RootFingerprint(Bytes.copyOf(ours.rootSha256())))))
            .withForeign(
                ForeignDomains.follow(
                    Map.of(),
                    of(
                        domain(other, trust, list).toBuilder().addGivenToPaths("/ns/pay").build(),
                        domain(third, third.trustDocument(), null))));

    assertThat(given(state, ours, "/ns/pay")).containsExactly("other.example", "third.example");
    assertThat(given(state, ours, "/ns/pay/api")).contains("other.example");
    assertThat(given(state, ours, "/ns/payroll")).containsExactly("third.example");
    assertThat(given(state, ours, "/ns")).containsExactly("third.example");
    assertThat(given(state, ours, "/x/ns/pay")).containsExactly("third.example");
  }

  private static List<String> given(DomainState state, TestTrustDomain ours, String path) {
    return state.foreignFor(SpiffeId.parse(ours.id(path))).stream()
        .map(foreign -> foreign.admitted().getTrustDomain())
        .toList();
  }

  private static SignedDocument trust(Map<String, Foreign> domains, TestTrustDomain of) {
    return domains.get(of.name()).published().trust().signed();
  }

  private static SignedDocument list(Map<String, Foreign> domains, TestTrustDomain of) {
    return domains.get(of.name()).published().revocation().signed();
  }

  private static FederatedDomains of(FederatedDomain... domains) {
    return FederatedDomains.newBuilder().addAllDomains(List.of(domains)).build();
  }

  private static FederatedDomain domain(
      TestTrustDomain domain, SignedDocument trust, SignedDocument list) {
    DomainDocuments.Builder documents = DomainDocuments.newBuilder().setTrustDocument(trust);
    if (list != null) {
      documents.setRevocationList(list);
    }
    return FederatedDomain.newBuilder()
        .setTrustDomain(domain.name())
        .setRootSpkiSha256(ByteString.copyFrom(domain.rootSha256()))
        .setDocuments(documents)
        .build();
  }
}
