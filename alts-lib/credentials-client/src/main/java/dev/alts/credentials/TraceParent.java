package dev.alts.credentials;

import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that this process was started in, if the environment variable {@code TRACEPARENT} names
 * one (W3C trace context): the agent's spans for us then belong to it. Needs no tracing library.
 */
final class TraceParent {
  private static final String VARIABLE = "TRACEPARENT";
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Pattern SYNTAX = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private TraceParent() {}

  /** {@return what adds the process's trace to every call} */
  static ClientInterceptor ofThisProcess() {
    return MetadataUtils.newAttachHeadersInterceptor(headers(System.getenv(VARIABLE)));
  }

  static Metadata headers(@Nullable String parent) {
    Metadata headers = new Metadata();
    if (parent != null && SYNTAX.matcher(parent).matches()) {
      headers.put(HEADER, parent);
    }
    return headers;
  }
}
