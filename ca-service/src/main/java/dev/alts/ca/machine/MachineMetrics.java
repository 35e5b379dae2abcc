package dev.alts.ca.machine;

import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.ca.watch.WatchHub;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Figures of the Machine API; labels are its methods and gRPC's codes. Thread-safe. */
final class MachineMetrics implements MeterBinder, ServerInterceptor {
  private volatile @Nullable MeterRegistry registry;
  private final WatchHub hub;
  private final AgentConnections connections;
  private final Admission admission;

  MachineMetrics(WatchHub hub, AgentConnections connections, Admission admission) {
    this.hub = hub;
    this.connections = connections;
    this.admission = admission;
  }

  @Override
  public void bindTo(MeterRegistry bound) {
    registry = bound;
    MachineGrpc.getServiceDescriptor()
        .getMethods()
        .forEach(method -> calls(bound, nameOf(method), Status.Code.OK));
    Gauge.builder("alts.watch.streams", hub, WatchHub::streams)
        .description("Agents that hold a stream open at this replica")
        .register(bound);
    Gauge.builder("alts.machine.connections", connections, AgentConnections::count)
        .description("Connections to the port of machines")
        .register(bound);
    Gauge.builder("alts.machine.waiting", admission, Admission::waiting)
        .description("Calls that wait for their turn")
        .register(bound);
    Gauge.builder("alts.watch.look.age", hub, h -> h.sinceLook().toMillis() / 1000.0)
        .baseUnit("seconds")
        .description("Since this replica last read from the database what it must know")
        .register(bound);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    long started = System.nanoTime();
    String method = nameOf(call.getMethodDescriptor());
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            MeterRegistry bound = registry;
            if (bound != null) {
              calls(bound, method, status.getCode())
                  .record(Duration.ofNanos(System.nanoTime() - started));
            }
            super.close(status, trailers);
          }
        },
        headers);
  }

  private static String nameOf(MethodDescriptor<?, ?> method) {
    String fullName = method.getFullMethodName();
    return fullName.substring(fullName.indexOf('/') + 1);
  }

  private static Timer calls(MeterRegistry registry, String method, Status.Code code) {
    return Timer.builder("alts.machine.calls")
        .description("Calls of agents that have ended")
        .tag("method", method)
        .tag("code", code.name())
        .register(registry);
  }
}
