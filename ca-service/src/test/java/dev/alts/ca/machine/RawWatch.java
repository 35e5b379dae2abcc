package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.Topic;
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
  private static final int UNREAD_BYTES = 1 << 16;

  private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
  private ClientCallStreamObserver<WatchRequest> call;

  static RawWatch open(RawAgent agent) {
    return open(agent, List.of());
  }

  static RawWatch open(RawAgent agent, List<TopicPosition> positions) {
    return open(agent, positions, true);
  }

  /** {@return a stream whose answers stay where they arrive} */
  static RawWatch openUnread(RawAgent agent) {
    return open(agent, List.of(), false);
  }

  private static RawWatch open(RawAgent agent, List<TopicPosition> positions, boolean read) {
    RawWatch watch = new RawWatch();
    MachineGrpc.newStub(read ? agent.channel() : agent.narrowChannel(UNREAD_BYTES))
        .watch(
            WatchRequest.newBuilder().addAllPositions(positions).build(),
            new ClientResponseObserver<WatchRequest, WatchResponse>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<WatchRequest> started) {
                watch.call = started;
                if (!read) {
                  started.disableAutoRequestWithInitial(0);
                }
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
                watch.received.add(new Ended());
              }
            });
    return watch;
  }

  /** The CA ended it in peace. */
  private record Ended() {}

  /** {@return where a stream that got these resumes} */
  static List<TopicPosition> positions(List<WatchResponse> responses) {
    return responses.stream()
        .filter(response -> response.getTopic() != Topic.TOPIC_UNSPECIFIED)
        .map(response ->
            TopicPosition.newBuilder()
                .setTopic(response.getTopic())
                .setSequence(response.getSequence())
                .setResumeToken(response.getResumeToken())
                .build())
        .toList();
  }

  /** {@return all that had arrived unread when the connection ended} */
  List<WatchResponse> readWhatArrived() {
    call.request(Integer.MAX_VALUE);
    List<WatchResponse> all = new ArrayList<>();
    Object next = next();
    while (next instanceof WatchResponse response) {
      all.add(response);
      next = next();
    }
    assertThat(next).isInstanceOf(StatusRuntimeException.class);
    return all;
  }

  /** Waits until the CA ends the stream in peace. */
  void awaitEnd() {
    Object next = next();
    while (next instanceof WatchResponse) {
      next = next();
    }
    assertThat(next).isInstanceOf(Ended.class);
  }

  private Object next() {
    try {
      Object next = received.poll(60, TimeUnit.SECONDS);
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
    throw new AssertionError(
        "watch stream ended", next instanceof Throwable failure ? failure : null);
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
