package dev.alts.demo.workload;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.grpc.ChannelCredentials;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls one after the other until it is stopped: over one connection that stays, and over a new one
 * every few calls, so that old and new credentials both have to work.
 */
final class SteadyCalls {
  /** How often there is a new connection, and how long a caller rests after a call. */
  record Pace(int callsPerNewChannel, long pauseNanos) {
    static final Pace RESTLESS = new Pace(10, 0);

    /** So that several callers leave some of the computer to others. */
    static final Pace MODERATE = new Pace(3, 3_000_000);
  }

  private final ChannelCredentials credentials;
  private final String address;
  private final Pace pace;
  private final Thread thread;
  private final Set<String> certificates = new LinkedHashSet<>();
  private final TreeMap<String, Integer> failures = new TreeMap<>();
  private int calls;
  private int channels;
  private int resumed;
  private volatile boolean stopped;

  private SteadyCalls(ChannelCredentials credentials, String address, Pace pace) {
    this.credentials = credentials;
    this.address = address;
    this.pace = pace;
    this.thread = Thread.ofPlatform().name("steady calls").unstarted(this::run);
  }

  static SteadyCalls start(ChannelCredentials credentials, String address, Pace pace) {
    SteadyCalls steady = new SteadyCalls(credentials, address, pace);
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
    report.addProperty("resumed", resumed);
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
        if (calls % pace.callsPerNewChannel() == 0) {
          callOverNewChannel();
        }
        if (pace.pauseNanos() > 0) {
          LockSupport.parkNanos(pace.pauseNanos());
        }
      }
    }
  }

  private void callOverNewChannel() {
    try (OneChannel fresh = new OneChannel(credentials, address)) {
      channels++;
      if (call(fresh)) {
        resumed++;
      }
    }
  }

  /** {@return whether the server saw a resumed session} */
  private boolean call(OneChannel channel) {
    calls++;
    try {
      JsonObject seen = channel.pay();
      certificates.add(seen.get("peerRevocationId").getAsString());
      return seen.get("resumed").getAsBoolean();
    } catch (StatusRuntimeException e) {
      failures.merge(String.valueOf(e.getStatus()), 1, Integer::sum);
      return false;
    }
  }
}
