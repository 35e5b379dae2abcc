package dev.alts.plain;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Calls greeters when told to: {@code greet TARGET} in clear text, {@code greet-tls TARGET FILE} a
 * server with this certificate, {@code greet-in-process} one in this same process.
 */
public final class GreeterClient {
  private static final long LIMIT_SECONDS = 90;

  private GreeterClient() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "greet" -> greet(ManagedChannelBuilder.forTarget(words[1]).usePlaintext());
        case "greet-tls" -> greet(tls(words[1], new File(words[2])));
        case "greet-in-process" -> greetInProcess();
        default -> throw new IllegalArgumentException("command: \"%s\"".formatted(line));
      }
    }
  }

  private static ManagedChannelBuilder<?> tls(String target, File certificate) throws IOException {
    return Grpc.newChannelBuilder(
        target, TlsChannelCredentials.newBuilder().trustManager(certificate).build());
  }

  private static void greetInProcess() throws IOException {
    Server server =
        InProcessServerBuilder.forName("greeter").addService(Greeter.service()).build().start();
    greet(InProcessChannelBuilder.forName("greeter"));
    server.shutdownNow();
  }

  private static void greet(ManagedChannelBuilder<?> builder) {
    ManagedChannel channel = builder.build();
    try {
      String answer =
          ClientCalls.blockingUnaryCall(
              channel,
              Greeter.GREET,
              CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS),
              "world");
      System.out.printf("{\"event\":\"greeted\",\"answer\":\"%s\"}%n", answer);
    } catch (StatusRuntimeException e) {
      System.out.printf(
          "{\"event\":\"greeted\",\"status\":\"%s\",\"description\":\"%s\"}%n",
          e.getStatus().getCode(), quotable(String.valueOf(e.getStatus().getDescription())));
    } finally {
      channel.shutdownNow();
    }
  }

  private static String quotable(String text) {
    return text.replace('"', '\'').replace('\\', '/').replaceAll("\\p{Cntrl}", " ");
  }
}
