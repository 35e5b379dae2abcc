package dev.alts.demo.workload;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.grpc.ChannelCredentials;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;

/**
 * Calls one after the other until it is stopped: over one connection that stays, and over a new one
 * every few calls, so that old and new credentials both have to work.
 */
final class SteadyCalls {
  private static final int CALLS_PER_NEW_CHANNEL = 10;

  private final ChannelCredentials credentials;
  private final String address;
  private final Thread thread;
  private final Set<String> certificates = new LinkedHashSet<>();
  private final TreeMap<String, Integer> failures = new TreeMap<>();
  private int calls;
  private int channels;
  private volatile boolean stopped;

  private SteadyCalls(ChannelCredentials credentials, String address) {
    this.credentials = credentials;
    this.address = address;
    this.thread = Thread.ofPlatform().name("steady calls").unstarted(this::run);
  }

  static SteadyCalls start(ChannelCredentials credentials, String address) {
    SteadyCalls steady = new SteadyCalls(credentials, address);
    steady.thread.start();
    return steady;
  }

  /** {@return how many calls there were, what failed, and which of our certificates were seen} */
  JsonObject stop() throws InterruptedException {
    stopped = true;
    thread.join();
    JsonObject report = new JsonObject();
    report.addProperty("calls", calls);
    report.addProperty("channels", channels);
    JsonObject failed = new JsonObject();
    failures.forEach(failed::addProperty);
    report.add("failures", failed);
    JsonArray seen = new JsonArray();
    certificates.forEach(seen::add);
    report.add("certificates", seen);
    return report;
  }

  private void run() {
    try (OneChannel lasting = new OneChannel(credentials, address)) {
      channels = 1;
      while (!stopped) {
        call(lasting);
        if (calls % CALLS_PER_NEW_CHANNEL == 0) {
          callOverNewChannel();
        }
      }
    }
  }

  private void callOverNewChannel() {
    try (OneChannel fresh = new OneChannel(credentials, address)) {
      channels++;
      call(fresh);
    }
  }

  private void call(OneChannel channel) {
    calls++;
    try {
      certificates.add(channel.pay().get("peerRevocationId").getAsString());
    } catch (StatusRuntimeException e) {
      failures.merge(String.valueOf(e.getStatus()), 1, Integer::sum);
    }
  }
}
