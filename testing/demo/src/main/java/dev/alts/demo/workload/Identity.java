package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;

/** Tells which identity a workload has, when it got it and when it changed. */
final class Identity {
  private Identity() {}

  static void tell(Events events, CredentialSnapshot credentials, long startNanos) {
    JsonObject identity = Events.describe(credentials);
    identity.addProperty("millis", (System.nanoTime() - startNanos) / 1_000_000);
    events.tell("identity", identity);
  }

  static void tellRotations(Events events, CredentialSource credentials) {
    // the registration lives as long as the process
    var _ = credentials.onUpdate(fresh -> events.tell("rotated", Events.describe(fresh)));
  }
}
