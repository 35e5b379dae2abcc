package dev.alts.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.Poll;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import dev.alts.testing.TestTrustDomain;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a workload's trace context to the CA's, through the whole agent. */
@Timeout(120)
class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path directory;

  @Test
  void aWorkloadsTraceGoesOnAtTheCaAndReachesTheCollector() throws Exception {
    List<String> exported = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          exported.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try (FakeCa ca = FakeCa.of(TestTrustDomain.of("demo.alts", Instant.now()))) {
      ca.rules = List.of(new FakeCa.Rule("everyone", facts -> true, "/demo/web", ""));
      AgentConfig config = RunningAgent.config(directory, ca.address(), ca.mintToken());
      try (RunningAgent agent =
          RunningAgent.start(
              tracing(
                  config, URI.create("http://127.0.0.1:" + collector.getAddress().getPort())))) {
        Metadata headers = new Metadata();
        headers.put(TRACEPARENT, "00-" + TRACE + "-b7ad6b7169203331-01");

        assertThat(
                CredentialsGrpc.newBlockingStub(agent.connect())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(60, TimeUnit.SECONDS)
                    .watchCredentials(WatchCredentialsRequest.getDefaultInstance())
                    .next()
                    .getRulesList())
            .containsExactly("everyone");

        assertThat(ca.traceParents).anyMatch(parent -> parent.startsWith("00-" + TRACE + "-"));
      }
      // Closing the agent sends what is left.
      Poll.until("spans arrive", () -> String.join("", exported).contains("Machine/Issue"));
      assertThat(String.join("", exported))
          .contains("alts.credentials.v1.Credentials/WatchCredentials")
          .contains("alts-agent")
          .doesNotContain("spiffe://")
          .doesNotContain("/demo/web");
    } finally {
      collector.stop(0);
    }
  }

  private static AgentConfig tracing(AgentConfig config, URI collector) {
    return new AgentConfig(
        config.ca(),
        config.dataDirectory(),
        config.socket(),
        config.joinTokenFile(),
        config.logLevel(),
        config.logJson(),
        collector,
        config.maxConnectionsPerUser(),
        config.handshakerTcp());
  }
}
