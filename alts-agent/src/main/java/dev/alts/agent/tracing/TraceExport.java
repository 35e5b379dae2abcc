package dev.alts.agent.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;

/**
 * Sends spans to a collector, in batches behind the work. Loaded only where a collector was named.
 */
public final class TraceExport implements AutoCloseable {
  private final OpenTelemetrySdk telemetry;

  /**
   * @param collector OTLP over HTTP, for example {@code http://127.0.0.1:4318}
   */
  public TraceExport(URI collector) {
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(collector.resolve("/v1/traces").toString())
            .build();
    this.telemetry =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .setResource(
                        Resource.create(
                            Attributes.of(AttributeKey.stringKey("service.name"), "alts-agent")))
                    .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                    .build())
            .build();
  }

  public Traces traces() {
    return new Traces(telemetry);
  }

  @Override
  public void close() {
    telemetry.close();
  }
}
