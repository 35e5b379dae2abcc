package dev.alts.agent.tracing;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;

/**
 * Spans of the calls that come in from workloads and go out to the CA, joined by the W3C trace
 * context in their metadata. No span names a process, a machine or an identity. Thread-safe.
 */
public final class Traces {
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  private final Tracer tracer;

  public Traces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("dev.alts.agent");
  }

  /** {@return traces that go nowhere} */
  public static Traces off() {
    return new Traces(OpenTelemetry.noop());
  }

  /** {@return a span for every call from a workload, to its first answer: streams never end} */
  public ServerInterceptor ofWorkloads() {
    return new FromWorkloads();
  }

  /** {@return a span for every call to the CA, and its context for the CA} */
  public ClientInterceptor toCa() {
    return new ToCa();
  }

  private Span start(MethodDescriptor<?, ?> method, SpanKind kind, Context parent) {
    return tracer
        .spanBuilder(method.getFullMethodName())
        .setSpanKind(kind)
        .setParent(parent)
        .setAttribute("rpc.system", "grpc")
        .startSpan();
  }

  private static void end(Span span, Status status) {
    span.setAttribute("rpc.grpc.status_code", status.getCode().value());
    if (!status.isOk()) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  private final class FromWorkloads implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Span span =
          start(
              call.getMethodDescriptor(),
              SpanKind.SERVER,
              W3C.extract(Context.root(), headers, MetadataKeys.INSTANCE));
      Context context = Context.root().with(span);
      return inContext(
          context,
          next.startCall(
              new SimpleForwardingServerCall<>(call) {
                @Override
                public void sendMessage(A message) {
                  end(span, Status.OK);
                  super.sendMessage(message);
                }

                @Override
                public void close(Status status, Metadata trailers) {
                  end(span, status);
                  super.close(status, trailers);
                }
              },
              headers));
    }
  }

  private static <Q> ServerCall.Listener<Q> inContext(
      Context context, ServerCall.Listener<Q> listener) {
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onMessage(Q message) {
        try (Scope _ = context.makeCurrent()) {
          super.onMessage(message);
        }
      }

      @Override
      public void onHalfClose() {
        try (Scope _ = context.makeCurrent()) {
          super.onHalfClose();
        }
      }

      @Override
      public void onCancel() {
        end(Span.fromContext(context), Status.CANCELLED);
        super.onCancel();
      }
    };
  }

  private final class ToCa implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      Context parent = Context.current();
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          Span span = Traces.this.start(method, SpanKind.CLIENT, parent);
          W3C.inject(parent.with(span), headers, MetadataKeys.INSTANCE);
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  end(span, status);
                  super.onClose(status, trailers);
                }
              },
              headers);
        }
      };
    }
  }
}
