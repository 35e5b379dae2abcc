package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.Poll;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.spiffe.JWTSVIDRequest;
import dev.alts.api.spiffe.SpiffeWorkloadAPIGrpc;
import dev.alts.api.spiffe.X509BundlesRequest;
import dev.alts.api.spiffe.X509SVIDRequest;
import dev.alts.api.spiffe.X509SVIDResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.testing.TestTrustDomain;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.DefaultX509Source;
import io.spiffe.workloadapi.WorkloadApiClient;
import io.spiffe.workloadapi.X509Context;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The SPIFFE Workload API, used by SPIFFE's own Java client as it is and by hand. */
@Timeout(60)
class WorkloadApiTest {
  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", Instant.now());
  private FakeCa ca;
  private RunningAgent agent;

  @BeforeEach
  void start() throws Exception {
    ca = FakeCa.of(domain);
    ca.rules =
        List.of(
            new FakeCa.Rule("first", facts -> true, "/demo/web", "main"),
            new FakeCa.Rule("second", facts -> true, "/demo/other", "side"));
    agent = RunningAgent.start(RunningAgent.config(directory, ca.address(), ca.mintToken()));
  }

  @AfterEach
  void stop() {
    agent.close();
    ca.close();
  }

  @Test
  void unmodifiedClientFetchesSvids() throws Exception {
    try (WorkloadApiClient client = client()) {
      X509Context context = client.fetchX509Context();

      assertThat(context.getX509Svids())
          .extracting(svid -> svid.getSpiffeId().toString())
          .containsExactly("spiffe://demo.alts/demo/web", "spiffe://demo.alts/demo/other");
      assertThat(context.getDefaultSvid().getHint()).isEqualTo("main");
      assertThat(context.getX509BundleSet().getBundles()).hasSize(1);
    }
  }

  @Test
  void unmodifiedClientDoesMutualTlsWithThem() throws Exception {
    try (WorkloadApiClient client = client();
        DefaultX509Source source =
            DefaultX509Source.newSource(
                DefaultX509Source.X509SourceOptions.builder().workloadApiClient(client).build())) {
      SSLContext tls =
          SpiffeSslContextFactory.getSslContext(
              SpiffeSslContextFactory.SslContextOptions.builder()
                  .x509Source(source)
                  .acceptedSpiffeIdsSupplier(() ->
                      Set.of(io.spiffe.spiffeid.SpiffeId.parse("spiffe://demo.alts/demo/web")))
                  .build());

      try (SSLServerSocket server =
          (SSLServerSocket)
              tls.getServerSocketFactory()
                  .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        server.setNeedClientAuth(true);
        CompletableFuture<String> seen =
            CompletableFuture.supplyAsync(() -> {
              try (SSLSocket socket = (SSLSocket) server.accept()) {
                socket.getInputStream().read();
                X509Certificate peer =
                    (X509Certificate) socket.getSession().getPeerCertificates()[0];
                return SvidCertificate.parse(Bytes.copyOf(peer.getEncoded())).id().toString();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
        try (SSLSocket socket =
            (SSLSocket)
                tls.getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
          socket.getOutputStream().write(1);
          socket.getOutputStream().flush();
          assertThat(seen.join()).isEqualTo("spiffe://demo.alts/demo/web");
        }
      }
    }
  }

  @Test
  void handedOutCertificatesAreNoMastersAndHaveKeysOfTheirOwn() throws Exception {
    X509SVIDResponse response = fetch();

    response
        .getSvidsList()
        .forEach(svid ->
            assertThat(leaf(svid.getX509Svid().toByteArray()).attributes())
                .hasValueSatisfying(attributes -> assertThat(attributes.mayDelegate()).isFalse()));
    assertThat(ca.items).extracting(item -> item.getUse()).containsOnly(CertificateUse.HANDED_OUT);
    assertThat(ca.items).extracting(item -> item.getPublicKey()).doesNotHaveDuplicates();
  }

  @Test
  void bundleHoldsTheIssuingAuthorities() throws Exception {
    var bundles =
        SpiffeWorkloadAPIGrpc.newBlockingStub(channel("true"))
            .fetchX509Bundles(X509BundlesRequest.getDefaultInstance())
            .next()
            .getBundlesMap();

    assertThat(bundles).containsOnlyKeys("spiffe://demo.alts");
    assertThat(bundles.get("spiffe://demo.alts")).isEqualTo(fetch().getSvids(0).getBundle());
  }

  @Test
  void processWithoutIdentityIsPermissionDenied() throws Exception {
    ca.rules = List.of();
    ca.ruleVersion = 2;
    ca.pushRules();

    Poll.until("the refusal", () -> fetchFailure(channel("true")) == Status.Code.PERMISSION_DENIED);
  }

  @Test
  @Tag("abuse-23")
  void requestsWithoutTheSecurityHeaderAreInvalid() {
    assertThat(fetchFailure(agent.connect())).isEqualTo(Status.Code.INVALID_ARGUMENT);
    for (String wrong : List.of("false", "TRUE", "", "true,true", "1")) {
      assertThat(fetchFailure(channel(wrong))).as(wrong).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertThat(fetchFailure(channel("true", "true"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(ca.items).isEmpty();
  }

  @Test
  @Tag("abuse-23")
  void http1RequestGetsNothing() throws Exception {
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(agent.socket()));
      socket.write(
          ByteBuffer.wrap(
              ("POST /SpiffeWorkloadAPI/FetchX509SVID HTTP/1.1\r\nHost: x\r\n"
                      + "workload.spiffe.io: true\r\nContent-Length: 0\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer answer = ByteBuffer.allocate(65_536);
      while (socket.read(answer) >= 0) {
        // Until the agent closes the connection.
      }

      assertThat(new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1))
          .doesNotContain("200")
          .doesNotContain("demo/web");
    }
    assertThat(ca.items).isEmpty();
  }

  @Test
  void jwtProfileIsNotOffered() {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                SpiffeWorkloadAPIGrpc.newBlockingStub(channel("true"))
                    .fetchJWTSVID(JWTSVIDRequest.newBuilder().addAudience("a").build()));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private WorkloadApiClient client() throws Exception {
    return DefaultWorkloadApiClient.newClient(
        DefaultWorkloadApiClient.ClientOptions.builder()
            .spiffeSocketPath("unix:" + agent.socket())
            .build());
  }

  private X509SVIDResponse fetch() {
    return SpiffeWorkloadAPIGrpc.newBlockingStub(channel("true"))
        .fetchX509SVID(X509SVIDRequest.getDefaultInstance())
        .next();
  }

  private static Status.Code fetchFailure(Channel channel) {
    try {
      SpiffeWorkloadAPIGrpc.newBlockingStub(channel)
          .withDeadlineAfter(Duration.ofSeconds(10))
          .fetchX509SVID(X509SVIDRequest.getDefaultInstance())
          .next();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  private Channel channel(String... headerValues) {
    Metadata headers = new Metadata();
    for (String value : headerValues) {
      headers.put(Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER), value);
    }
    return io.grpc.ClientInterceptors.intercept(
        agent.connect(), MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static SvidCertificate leaf(byte[] der) {
    try {
      return SvidCertificate.parse(Bytes.copyOf(der));
    } catch (InvalidCertificateException e) {
      throw new AssertionError(e);
    }
  }
}
