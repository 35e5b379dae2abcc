package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.RunningAgent;
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
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a program gets that speaks plain TLS with clients of an upstream CA. */
@Timeout(60)
class UpstreamSvidTest {
  private static final char[] PASSWORD = "of a key store in memory".toCharArray();

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

  /** {@return what a client that trusts this root saw of a server that shows this SVID} */
  private static List<X509Certificate> meet(X509Svid shown, byte[] root) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
        (SSLServerSocket)
            server(shown).getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      CompletableFuture<Integer> served =
          CompletableFuture.supplyAsync(() -> {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
              return socket.getInputStream().read();
            } catch (Exception e) {
              return -1;
            }
          });
      try (SSLSocket socket =
          (SSLSocket)
              client(root).getSocketFactory().createSocket(loopback, server.getLocalPort())) {
        socket.startHandshake();
        socket.getOutputStream().write(7);
        socket.getOutputStream().flush();
        assertThat(served.join()).isEqualTo(7);
        return List.of((X509Certificate[]) socket.getSession().getPeerCertificates());
      }
    }
  }

  private static SSLContext server(X509Svid shown) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "server", shown.getPrivateKey(), PASSWORD, shown.getChain().toArray(Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(factory.getKeyManagers(), null, new SecureRandom());
    return context;
  }

  /** As any program of a company has it: one root, and no idea of SPIFFE. */
  private static SSLContext client(byte[] root) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", parse(root));
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, factory.getTrustManagers(), new SecureRandom());
    return context;
  }

  private static X509Certificate parse(byte[] der) throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
