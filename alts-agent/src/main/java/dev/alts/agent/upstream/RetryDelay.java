package dev.alts.agent.upstream;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;

/** What a CA that has too much to do says about when to come again ({@code RetryInfo}). */
final class RetryDelay {
  /** A CA that says more is not believed: what we hold may not last that long. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private RetryDelay() {}

  /** {@return the delay that the CA named; zero: none} */
  static Duration of(StatusRuntimeException failure) {
    Status status = StatusProto.fromStatusAndTrailers(failure.getStatus(), failure.getTrailers());
    for (Any detail : status.getDetailsList()) {
      if (detail.is(RetryInfo.class)) {
        return bounded(detail);
      }
    }
    return Duration.ZERO;
  }

  private static Duration bounded(Any detail) {
    try {
      var named = detail.unpack(RetryInfo.class).getRetryDelay();
      if (named.getSeconds() < 0 || named.getNanos() < 0) {
        return Duration.ZERO;
      }
      return named.getSeconds() >= LONGEST.toSeconds()
          ? LONGEST
          : Duration.ofSeconds(named.getSeconds(), named.getNanos());
    } catch (InvalidProtocolBufferException e) {
      return Duration.ZERO;
    }
  }
}
