package dev.alts.demo.workload;

import com.google.gson.JsonObject;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.CredentialSnapshot;
import java.io.PrintStream;

/** What a workload tells whoever started it: one JSON object a line. Thread-safe. */
final class Events {
  private final PrintStream out;

  Events(PrintStream out) {
    this.out = out;
  }

  synchronized void tell(String event, JsonObject details) {
    JsonObject line = new JsonObject();
    line.addProperty("event", event);
    details.entrySet().forEach(detail -> line.add(detail.getKey(), detail.getValue()));
    out.println(line);
    out.flush();
  }

  static JsonObject describe(CredentialSnapshot credentials) {
    JsonObject object = new JsonObject();
    object.addProperty("spiffeId", credentials.id().toString());
    object.addProperty("boundary", credentials.self().boundary());
    object.addProperty("revocationId", credentials.self().revocationId().toString());
    NamingPolicy naming = credentials.namingPolicy();
    object.addProperty("namingVersion", naming == null ? 0 : naming.version());
    object.addProperty(
        "resumptionGeneration",
        credentials.resumptionKeys().isEmpty()
            ? -1
            : credentials.resumptionKeys().getFirst().generation());
    object.addProperty("masterNotAfter", credentials.self().masterNotAfter().toString());
    object.addProperty("handshakeNotAfter", credentials.handshakeNotAfter().toString());
    return object;
  }

  static JsonObject describe(AltsPeer peer) {
    JsonObject object = new JsonObject();
    object.addProperty("local", peer.localId().toString());
    object.addProperty("peer", peer.id().toString());
    object.addProperty("suite", peer.suite().name());
    object.addProperty("recordProtocol", peer.recordProtocol());
    object.addProperty("securityLevel", peer.securityLevel().name());
    object.addProperty("resumed", peer.resumed());
    object.addProperty("peerRevocationId", peer.facts().revocationId().toString());
    return object;
  }
}
