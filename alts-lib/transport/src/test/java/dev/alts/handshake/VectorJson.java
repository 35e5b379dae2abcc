package dev.alts.handshake;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.ResumptionKey;
import dev.alts.peer.RpcVersions;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ResumptionTicket;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Our types in the form of the vector files, the same as in {@code alts-handshake-v1}. */
final class VectorJson {
  private VectorJson() {}

  static JsonObject trust(TestTrustDomain own, TestTrustDomain foreign) {
    JsonObject domains = new JsonObject();
    for (TestTrustDomain domain : List.of(own, foreign)) {
      JsonArray authorities = new JsonArray();
      for (EntityKind kind : List.of(EntityKind.MACHINE, EntityKind.WORKLOAD, EntityKind.HUMAN)) {
        JsonObject authority = new JsonObject();
        authority.addProperty(
            "certificate", Bytes.copyOf(domain.authority(kind).certificate()).toHex());
        authorities.add(authority);
      }
      domains.add(domain.name(), authorities);
    }
    JsonObject trust = new JsonObject();
    trust.addProperty("own", own.name());
    trust.add("domains", domains);
    return trust;
  }

  static JsonObject party(TestWorld.Party party) {
    SvidCertificate master = leaf(party);
    AltsAttributes attributes = master.attributes().orElseThrow();
    JsonObject json = new JsonObject();
    json.addProperty("spiffe_id", master.id().toString());
    json.addProperty("kind", attributes.kind().number());
    json.addProperty("boundary", attributes.boundary());
    json.addProperty("machine", attributes.machine());
    json.addProperty("revocation_id", "%016x".formatted(attributes.revocationId().value()));
    json.addProperty("issued_at", attributes.issuedAt().getEpochSecond());
    json.add("chain", strings(party.master.chain(), der -> Bytes.copyOf(der).toHex()));
    json.addProperty("x25519_static_private", Bytes.copyOf(party.x25519Private).toHex());
    json.addProperty(
        "handshake_certificate",
        Bytes.copyOf(party.credential.getHandshakeCertificate().toByteArray()).toHex());
    return json;
  }

  private static SvidCertificate leaf(TestWorld.Party party) {
    try {
      return SvidCertificate.parse(Bytes.copyOf(party.master.certificate()));
    } catch (InvalidCertificateException e) {
      throw new IllegalStateException("a good party has a good certificate", e);
    }
  }

  static JsonObject config(List<String> recordProtocols, Integer... suites) {
    JsonObject json = new JsonObject();
    JsonArray numbers = new JsonArray();
    for (Integer suite : suites) {
      numbers.add(suite);
    }
    json.add("suites", numbers);
    json.add("record_protocols", strings(recordProtocols, name -> name));
    json.add("application_protocols", strings(List.of("grpc"), name -> name));
    json.add("transport_protocols", new JsonArray());
    JsonObject versions = new JsonObject();
    versions.add("max", version(RpcVersions.GRPC.max()));
    versions.add("min", version(RpcVersions.GRPC.min()));
    json.add("rpc_versions", versions);
    json.addProperty("max_frame_size", 131_072);
    json.add("resumption_keys", new JsonArray());
    return json;
  }

  static JsonArray resumptionKeys(ResumptionKey... keys) {
    JsonArray array = new JsonArray();
    for (ResumptionKey key : keys) {
      JsonObject json = new JsonObject();
      json.addProperty("key", Bytes.copyOf(key.key().exposeCopy()).toHex());
      json.addProperty("generation", key.generation());
      json.addProperty("created_at", key.createdAt().getEpochSecond());
      json.addProperty("seals_until", key.createdAt().plus(Duration.ofHours(12)).getEpochSecond());
      json.addProperty("opens_until", key.opensUntil().getEpochSecond());
      array.add(json);
    }
    return array;
  }

  static JsonObject offer(ClientTicket ticket, int mode, boolean lean) {
    JsonObject json = new JsonObject();
    json.add("ticket", ticket(ticket));
    JsonArray modes = new JsonArray();
    modes.add(mode);
    json.add("modes", modes);
    json.addProperty("lean", lean);
    return json;
  }

  static JsonObject ticket(ClientTicket ticket) {
    JsonObject json = new JsonObject();
    json.addProperty("ticket", ticket.ticket().toHex());
    json.addProperty(
        "resumption_secret", Bytes.copyOf(ticket.resumptionSecret().exposeCopy()).toHex());
    json.add("server", facts(ticket.server()));
    json.addProperty("authenticated_at", ticket.authenticatedAt().getEpochSecond());
    json.addProperty("drop_at", ticket.dropAt().getEpochSecond());
    json.addProperty("weakest_suite", ticket.weakestSuite().number());
    return json;
  }

  static JsonObject ticketBody(ResumptionTicket ticket) {
    JsonObject json = new JsonObject();
    json.add("peer", facts(ticket.peer()));
    json.addProperty("authenticated_at", ticket.session().authenticatedAt().getEpochSecond());
    json.addProperty("expires_at", ticket.session().expiresAt().getEpochSecond());
    json.addProperty("weakest_suite", ticket.session().weakestSuite().number());
    json.addProperty("resumptions", ticket.session().resumptions());
    return json;
  }

  static JsonObject facts(PeerFacts facts) {
    JsonObject json = new JsonObject();
    json.addProperty("spiffe_id", facts.spiffeId().toString());
    json.addProperty("kind", facts.kind().number());
    json.addProperty("boundary", facts.boundary());
    json.addProperty("machine", facts.machine());
    json.addProperty("revocation_id", "%016x".formatted(facts.revocationId().value()));
    json.addProperty("issued_at", facts.issuedAt().getEpochSecond());
    json.add("authority_spki_sha256", strings(facts.authoritySpkiSha256(), Bytes::toHex));
    json.addProperty("master_not_after", facts.masterNotAfter().getEpochSecond());
    return json;
  }

  static JsonObject sees(AltsPeer peer) {
    JsonObject json = new JsonObject();
    json.add("peer", facts(peer.facts()));
    json.addProperty("max_frame_size", peer.maxFrameBytes());
    json.addProperty("authenticated_at", peer.authenticatedAt().getEpochSecond());
    json.addProperty("resumed", peer.resumed());
    json.addProperty("suite", peer.suite().name());
    json.addProperty("record_protocol", peer.recordProtocol());
    json.addProperty("security_level", peer.securityLevel().name());
    return json;
  }

  static <T> JsonArray strings(List<T> list, Function<T, String> text) {
    JsonArray array = new JsonArray();
    list.forEach(element -> array.add(text.apply(element)));
    return array;
  }

  private static JsonArray version(RpcVersions.Version version) {
    JsonArray array = new JsonArray();
    array.add(version.major());
    array.add(version.minor());
    return array;
  }
}
