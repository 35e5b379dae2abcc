package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.TopicPosition;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A watch stream as an agent sees it. */
final class RawWatch implements AutoCloseable {
  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private ClientCallStreamObserver<WatchRequest> call;

  static RawWatch open(RawAgent agent) {
    return open(agent, List.of());
  }

  static RawWatch open(RawAgent agent, List<TopicPosition> positions) {
    RawWatch watch = new RawWatch();
    MachineGrpc.newStub(agent.channel())
        .watch(
            WatchRequest.newBuilder().addAllPositions(positions).build(),
            new ClientResponseObserver<WatchRequest, WatchResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
                watch.call = started;
              }

              @Override
              public void onNext(WatchResponse response) {
                watch.received.add(response);
              }

              @Override
              public void onError(Throwable failure) {
                watch.received.add(failure);
              }

              @Override
              public void onCompleted() {
                watch.received.add(new AssertionError("watch stream completed"));
              }
            });
    return watch;
  }

  private Object next() {
    try {
      Object next = received.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("nothing was pushed").isNotNull();
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private WatchResponse response() {
    Object next = next();
    if (next instanceof WatchResponse response) {
      return response;
    }
    throw new AssertionError("watch stream failed", (Throwable) next);
  }

  /** {@return what comes before the stream says that it has given everything} */
  List<WatchResponse> untilCaughtUp() {
    List<WatchResponse> all = new ArrayList<>();
    WatchResponse response = response();
    while (!response.hasCaughtUp()) {
      all.add(response);
      response = response();
    }
    return all;
  }

  /** {@return the first response that is one, whatever comes before} */
  WatchResponse until(Predicate<WatchResponse> wanted) {
    WatchResponse response = response();
    while (!wanted.test(response)) {
      response = response();
    }
    return response;
  }

  /** {@return the first response for each of {@code wanted}, in whatever order they come} */
  List<WatchResponse> untilEach(List<Predicate<WatchResponse>> wanted) {
    Map<Predicate<WatchResponse>, WatchResponse> found = new HashMap<>();
    while (found.size() < wanted.size()) {
      WatchResponse response = response();
      wanted.stream()
          .filter(predicate -> predicate.test(response))
          .forEach(predicate -> found.putIfAbsent(predicate, response));
    }
    return wanted.stream().map(found::get).toList();
  }

  StatusRuntimeException failure() {
    Object next = next();
    while (next instanceof WatchResponse) {
      next = next();
    }
    return (StatusRuntimeException) next;
  }

  @Override
  public void close() {
    call.cancel("test", null);
  }
}
