package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import io.grpc.ChannelCredentials;
import io.grpc.StatusRuntimeException;

/**
 * Calls over one connection again and again, tells of the first success and of the first failure.
 */
final class HeldChannel implements Runnable {
  private static final long PAUSE_MILLIS = 5;

  private final ChannelCredentials credentials;
  private final String address;
  private final Events events;

  HeldChannel(ChannelCredentials credentials, String address, Events events) {
    this.credentials = credentials;
    this.address = address;
    this.events = events;
  }

  @Override
  public void run() {
    try (OneChannel channel = new OneChannel(credentials, address)) {
      events.tell("holding", channel.pay());
      while (true) {
        channel.pay();
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (StatusRuntimeException e) {
      JsonObject cut = new JsonObject();
      cut.addProperty("status", e.getStatus().getCode().name());
      cut.addProperty("description", String.valueOf(e.getStatus().getDescription()));
      events.tell("cut", cut);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
