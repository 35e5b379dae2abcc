package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import dev.alts.AltsChannelCredentials;
import dev.alts.credentials.AgentCredentialSource;
import dev.alts.credentials.CredentialsUnavailableException;
import dev.alts.demo.workload.SteadyCalls.Pace;
import dev.alts.peer.CredentialSource;
import io.grpc.ChannelCredentials;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that calls the payments service when told to: {@code call ADDRESS} opens a channel and
 * calls twice, {@code keep-calling ADDRESS} goes on until {@code stop}, {@code crowd ADDRESS} as
 * well with several callers at once, {@code hold ADDRESS} opens a call that stays open until it is
 * cut.
 */
public final class PaymentsClient {
  private PaymentsClient() {}

  public static void main(String[] arguments) throws Exception {
    Events events = new Events(System.out);
    long start = System.nanoTime();
    try (CredentialSource credentials =
        AgentCredentialSource.open(AgentCredentialSource.Settings.ofThisProcess())) {
      Identity.tell(events, credentials.get(), start);
      Identity.tellRotations(events, credentials);
      obey(events, credentials);
    } catch (CredentialsUnavailableException e) {
      JsonObject refused = new JsonObject();
      refused.addProperty("explanation", e.getMessage());
      events.tell("refused", refused);
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void obey(Events events, CredentialSource credentials)
      throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    // one object for all channels, so that they share resumption tickets
    ChannelCredentials channels =
        AltsChannelCredentials.newBuilder().credentialSource(credentials).build();
    // a resumed session shows the certificate of its first handshake; here the newest is wanted
    ChannelCredentials freshChannels =
        AltsChannelCredentials.newBuilder()
            .credentialSource(credentials)
            .withoutResumption()
            .build();
    List<SteadyCalls> steady = new ArrayList<>();
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "call" -> events.tell("called", OneChannel.call(channels, words[1]));
        case "keep-calling" ->
            steady.add(SteadyCalls.start(freshChannels, words[1], Pace.RESTLESS));
        case "crowd" -> {
          for (ChannelCredentials each :
              List.of(freshChannels, freshChannels, channels, channels)) {
            steady.add(SteadyCalls.start(each, words[1], Pace.MODERATE));
          }
        }
        case "hold" -> HeldChannel.open(channels, words[1], events);
        case "stop" -> stop(steady, events);
        default -> throw new IllegalArgumentException("command: \"%s\"".formatted(line));
      }
    }
    stop(steady, events);
  }

  /** Tells what each of the callers saw. */
  private static void stop(List<SteadyCalls> steady, Events events) throws InterruptedException {
    for (SteadyCalls caller : steady) {
      events.tell("stopped", caller.stop());
    }
    steady.clear();
  }
}
