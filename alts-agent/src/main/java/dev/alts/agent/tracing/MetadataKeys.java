package dev.alts.agent.tracing;

import io.grpc.Metadata;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.jspecify.annotations.Nullable;

/** The metadata of a gRPC call as OpenTelemetry reads and writes it. */
enum MetadataKeys implements TextMapGetter<Metadata>, TextMapSetter<Metadata> {
  INSTANCE;

  @Override
  public Iterable<String> keys(Metadata metadata) {
    return metadata.keys();
  }

  @Override
  public @Nullable String get(@Nullable Metadata metadata, String key) {
    return metadata == null ? null : metadata.get(ascii(key));
  }

  @Override
  public void set(@Nullable Metadata metadata, String key, String value) {
    if (metadata != null) {
      metadata.put(ascii(key), value);
    }
  }

  private static Metadata.Key<String> ascii(String key) {
    return Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER);
  }
}
