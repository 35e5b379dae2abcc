package dev.alts.ca.machine;

import dev.alts.ca.replica.LeaseLostException;
import dev.alts.ca.replica.ReplicaLease;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.function.BooleanSupplier;

/**
 * Lets no call in while this replica has no lease or has not caught up: an old answer would look
 * like a right one. What a call does it does under the lease that it began with.
 */
final class LeaseGate implements ServerInterceptor {
  private final ReplicaLease lease;
  private final BooleanSupplier caughtUp;

  LeaseGate(ReplicaLease lease, BooleanSupplier caughtUp) {
    this.lease = lease;
    this.caughtUp = caughtUp;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q message) {
        underLease(() -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        underLease(super::onHalfClose);
      }
    };
  }

  private void underLease(Runnable step) {
    if (!caughtUp.getAsBoolean()) {
      throw unavailable();
    }
    try {
      lease.run(step);
    } catch (LeaseLostException e) {
      throw unavailable();
    }
  }

  private static ApiException unavailable() {
    return new ApiException(
        ApiException.Code.UNAVAILABLE,
        "this replica of the CA has not caught up with the database; ask another one, or again");
  }
}
