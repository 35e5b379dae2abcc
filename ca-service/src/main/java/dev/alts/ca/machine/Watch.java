package dev.alts.ca.machine;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.IdentityResumptionKeys;
import dev.alts.api.machine.v1.TopicPosition;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.resumption.ResumptionKey;
import dev.alts.ca.resumption.ResumptionKeys;
import dev.alts.ca.watch.ResumeToken;
import dev.alts.ca.watch.WatchHub;
import dev.alts.ca.watch.WatchHub.Subscription;
import dev.alts.ca.watch.WatchLog.Head;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.SpiffeId;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Opens watch streams. A machine has at most a few at a time. */
@Component
class Watch {
  private static final int MAX_STREAMS_PER_MACHINE = 4;

  /** The stream before may have yet to be found dead. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(10);

  private static final int MAX_POSITIONS = 64;

  private final WatchHub hub;
  private final ResumptionKeys resumption;
  private final DatabaseClock clock;
  private final AgentConnections connections;
  private final ConnectionAge age;
  private final Map<String, Integer> open = new ConcurrentHashMap<>();

  Watch(
      WatchHub hub,
      ResumptionKeys resumption,
      DatabaseClock clock,
      AgentConnections connections,
      ConnectionAge age) {
    this.hub = hub;
    this.resumption = resumption;
    this.clock = clock;
    this.connections = connections;
    this.age = age;
  }

  /** Answers until the agent leaves; returns at once. */
  void open(
      Authenticated machine,
      ChannelSecurity security,
      WatchRequest request,
      ServerCallStreamObserver<ByteString> agent) {
    String name = machine.name().text();
    if (open.merge(name, 1, Integer::sum) > MAX_STREAMS_PER_MACHINE) {
      close(name);
      throw ApiException.overloaded(
          "more than %d watch streams of this machine".formatted(MAX_STREAMS_PER_MACHINE),
          TRY_AGAIN);
    }
    try {
      Subscription subscription = hub.subscribe(name);
      try {
        start(machine, security, request, agent, subscription);
      } catch (RuntimeException e) {
        subscription.close();
        throw e;
      }
    } catch (RuntimeException e) {
      close(name);
      throw e;
    }
  }

  private void start(
      Authenticated machine,
      ChannelSecurity security,
      WatchRequest request,
      ServerCallStreamObserver<ByteString> agent,
      Subscription subscription) {
    String name = machine.name().text();
    WatchStream stream =
        new WatchStream(
            machine,
            agent,
            subscription,
            positions(request, subscription),
            event -> withKeys(machine, security, event),
            clock,
            new WatchStream.Ending(age.ofStream(), () -> connections.cut(security.remote())));
    agent.setOnReadyHandler(stream::wake);
    agent.setOnCancelHandler(() -> {
      subscription.close();
      stream.wake();
    });
    Thread.ofVirtual()
        .name("watch " + name)
        .start(() -> {
          try {
            stream.run();
          } finally {
            close(name);
          }
        });
  }

  private void close(String machine) {
    open.computeIfPresent(machine, (name, count) -> count == 1 ? null : count - 1);
  }

  /** A position counts only for the incarnation of the topic that it was given for. */
  private static Map<WatchTopic, Long> positions(WatchRequest request, Subscription subscription) {
    if (request.getPositionsCount() > MAX_POSITIONS) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, "positions: too many");
    }
    Map<WatchTopic, Head> heads = subscription.heads();
    Map<WatchTopic, Long> positions = new EnumMap<>(WatchTopic.class);
    for (TopicPosition position : request.getPositionsList()) {
      WatchTopic topic =
          WatchTopic.ofNumber(position.getTopicValue())
              .orElseThrow(() ->
                  new ApiException(
                      ApiException.Code.BAD_REQUEST,
                      "topic %d: unknown".formatted(position.getTopicValue())));
      Head head = heads.get(topic);
      if (head != null
          && position.getSequence() <= head.sequence()
          && position.getSequence() > 0
          && ResumeToken.matches(position.getResumeToken(), head.incarnation())) {
        positions.put(topic, position.getSequence());
      }
    }
    return positions;
  }

  /** Over anything but a hybrid key exchange resumption is off (handshake.md section 2). */
  private Optional<WatchResponse> withKeys(
      Authenticated machine, ChannelSecurity security, WatchResponse event) {
    if (!security.hybrid()) {
      return Optional.empty();
    }
    IdentityResumptionKeys.Builder keys = event.getResumptionKeys().toBuilder();
    ResumptionKeys.Holder holder =
        new ResumptionKeys.Holder(SpiffeId.parse(keys.getSpiffeId()), keys.getBoundary());
    if (!resumption.handedTo(machine.name()).contains(holder)) {
      return Optional.empty();
    }
    for (ResumptionKey key : resumption.handOut(machine.name(), holder)) {
      try (key) {
        keys.addKeys(WireCertificates.toWire(key));
      }
    }
    return Optional.of(event.toBuilder().setResumptionKeys(keys).build());
  }
}
