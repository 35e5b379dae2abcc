package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import com.google.protobuf.StringValue;
import dev.alts.AltsServerCredentials;
import dev.alts.credentials.AgentCredentialSource;
import dev.alts.grpc.AltsAuthorization;
import dev.alts.grpc.AltsAuthorization.Denial;
import dev.alts.grpc.AltsContextKeys;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.OutputStream;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The payments service: it serves the callers that it is told to, and every human. */
public final class PaymentsServer {
  private PaymentsServer() {}

  /** Starts with a port, 0 for any, and the SPIFFE IDs of the callers that are served. */
  public static void main(String[] arguments) throws Exception {
    Events events = new Events(System.out);
    long start = System.nanoTime();
    try (CredentialSource credentials =
        AgentCredentialSource.open(AgentCredentialSource.Settings.ofThisProcess())) {
      Identity.tell(events, credentials.get(), start);
      int port = Integer.parseInt(arguments[0]);
      PeerAuthorizer authorizer = authorizer(arguments, credentials.get().id());
      Server server = serve(credentials, port, authorizer, events);
      JsonObject serving = new JsonObject();
      serving.addProperty("port", server.getPort());
      events.tell("serving", serving);
      Identity.tellRotations(events, credentials);
      System.in.transferTo(OutputStream.nullOutputStream());
      server.shutdownNow().awaitTermination();
    }
  }

  private static PeerAuthorizer authorizer(String[] arguments, SpiffeId self) {
    Set<SpiffeId> ids =
        Stream.of(arguments).skip(1).map(SpiffeId::parse).collect(Collectors.toSet());
    return PeerAuthorizer.anyOf(ids).or(PeerAuthorizer.humans(self.trustDomain()));
  }

  private static Server serve(
      CredentialSource credentials, int port, PeerAuthorizer authorizer, Events events)
      throws Exception {
    return Grpc.newServerBuilderForPort(
            port, AltsServerCredentials.newBuilder().credentialSource(credentials).build())
        .addService(payments())
        .addService(new HealthStatusManager().getHealthService())
        .intercept(
            AltsAuthorization.require(authorizer)
                .onDenial(denial -> events.tell("denied", describe(denial))))
        .intercept(AltsContextKeys.serverInterceptor())
        .build()
        .start();
  }

  private static ServerServiceDefinition payments() {
    return ServerServiceDefinition.builder(Payments.SERVICE)
        .addMethod(Payments.PAY, ServerCalls.asyncUnaryCall(PaymentsServer::pay))
        .addMethod(Payments.WATCH, ServerCalls.asyncServerStreamingCall(PaymentsServer::tellCaller))
        .build();
  }

  private static void pay(StringValue request, StreamObserver<StringValue> responses) {
    tellCaller(request, responses);
    responses.onCompleted();
  }

  private static void tellCaller(StringValue request, StreamObserver<StringValue> responses) {
    AltsPeer caller = AltsContextKeys.PEER.get();
    responses.onNext(StringValue.of(Events.describe(caller).toString()));
  }

  private static JsonObject describe(Denial denial) {
    JsonObject object = new JsonObject();
    object.addProperty("peer", denial.peer());
    object.addProperty("method", denial.method());
    object.addProperty("reason", denial.reason());
    return object;
  }
}
