package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.testing.PlainTls;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import io.spiffe.bundle.x509bundle.X509Bundle;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.svid.x509svid.X509SvidValidator;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a program gets that speaks plain TLS with clients of an upstream CA. */
@Timeout(60)
class UpstreamSvidTest {
  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", Instant.now());
  private final TestAuthority corporate =
      TestAuthority.selfSigned(
          "Example Corporation Root", "unused", Instant.now(), request -> request.noNames().ca(1));
  private final byte[] crossCertificate =
      corporate
          .intermediate(
              "demo.alts workload",
              request -> request.ca(0).keyPair(domain.authority(EntityKind.WORKLOAD).keyPair()))
          .certificate();
  private FakeCa ca;
  private RunningAgent agent;

  @BeforeEach
  void start() throws Exception {
    ca = FakeCa.of(domain);
    ca.rules =
        List.of(
            new FakeCa.Rule("first", facts -> true, "/demo/web", ""),
            new FakeCa.Rule("second", facts -> true, "/demo/other", "side"));
    agent = RunningAgent.start(RunningAgent.config(directory, ca.address(), ca.mintToken()));
  }

  @AfterEach
  void stop() {
    agent.close();
    ca.close();
  }

  @Test
  void withoutAnUpstreamCaThereIsOneEntryForEachIdentity() throws Exception {
    assertThat(fetch().getX509Svids()).extracting(X509Svid::getHint).containsExactly("", "side");
  }

  @Test
  void chainIsInEntriesOfItsOwnBehindThoseThatEverybodyElseTakes() throws Exception {
    ca.upstreamChain = List.of(crossCertificate);

    List<X509Svid> svids = fetch().getX509Svids();

    assertThat(svids)
        .extracting(X509Svid::getHint)
        .containsExactly("", "side", "upstream", "side-upstream");
    assertThat(svids).extracting(svid -> svid.getChain().size()).containsExactly(1, 1, 2, 2);
    assertThat(svids.get(2).getSpiffeId()).isEqualTo(svids.get(0).getSpiffeId());
    assertThat(svids.get(2).getLeaf()).isEqualTo(svids.get(0).getLeaf());
  }

  @Test
  void bundleIsAsBeforeAndVerifiesTheDefaultEntry() throws Exception {
    ca.upstreamChain = List.of(crossCertificate);
    X509Context context = fetch();

    X509Bundle bundle =
        context.getX509BundleSet().getBundleForTrustDomain(TrustDomain.parse("demo.alts"));
    assertThat(bundle.getX509Authorities())
        .hasSize(3)
        .doesNotContain(parse(corporate.certificate()), parse(crossCertificate));
    X509SvidValidator.verifyChain(context.getDefaultSvid().getChain(), bundle);
  }

  @Test
  void plainTlsClientAcceptsTheChainUnderEitherRootAndNoOther() throws Exception {
    ca.upstreamChain = List.of(crossCertificate);
    List<X509Svid> svids = fetch().getX509Svids();
    X509Svid upstream = svids.get(2);
    TestAuthority other =
        TestAuthority.selfSigned(
            "Example Corporation Root", "x", Instant.now(), request -> request.noNames().ca(1));

    assertThat(meet(upstream, corporate.certificate())).isEqualTo(upstream.getChain());
    assertThat(meet(upstream, domain.authority(EntityKind.WORKLOAD).certificate())).isNotEmpty();
    assertThatThrownBy(() -> meet(upstream, other.certificate()))
        .isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(() -> meet(svids.get(0), corporate.certificate()))
        .isInstanceOf(SSLHandshakeException.class);
  }

  private X509Context fetch() throws Exception {
    try (WorkloadApiClient client =
        DefaultWorkloadApiClient.newClient(
            DefaultWorkloadApiClient.ClientOptions.builder()
                .spiffeSocketPath("unix:" + agent.socket())
                .build())) {
      return client.fetchX509Context();
    }
  }

  private static List<X509Certificate> meet(X509Svid shown, byte[] root) throws Exception {
    return PlainTls.meet(shown.getPrivateKey(), shown.getChain(), parse(root));
  }

  private static X509Certificate parse(byte[] der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
