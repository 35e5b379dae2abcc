package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallTracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  private final InMemorySpanExporter spans = InMemorySpanExporter.create();

  @Test
  void aCallIsASpanInTheTraceThatItsMetadataNames() throws Exception {
    call(
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build());

    assertThat(spans.getFinishedSpanItems())
        .singleElement()
        .satisfies(span -> {
          assertThat(span.getTraceId()).isEqualTo(TRACE);
          assertThat(span.getParentSpanId()).isEqualTo(SPAN);
          assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
          assertThat(span.getName()).isEqualTo("grpc.health.v1.Health/Check");
          assertThat(span.getAttributes().asMap().keySet())
              .extracting(Object::toString)
              .containsExactlyInAnyOrder("rpc.system", "rpc.grpc.status_code");
        });
  }

  @Test
  void withoutACollectorThereAreNoSpansAndCallsAreAnsweredAllTheSame() throws Exception {
    call(OpenTelemetry.noop());

    assertThat(spans.getFinishedSpanItems()).isEmpty();
  }

  private static void call(OpenTelemetry telemetry) throws Exception {
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(new HealthStatusManager().getHealthService())
            .intercept(new CallTraces(telemetry))
            .build()
            .start();
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.getPort()).usePlaintext().build();
    try {
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
          "00-%s-%s-01".formatted(TRACE, SPAN));
      var _ =
          HealthGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .check(HealthCheckRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
      server.shutdown();
      assertThat(server.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
