package dev.alts.handshake;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.ForeignDomainPolicy;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.StaleRevocation;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.ResumptionKey;
import dev.alts.peer.RpcVersions;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.testing.ScriptedRandom;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One file of {@code vectors/alts-handshake-v1}, or one case of our own frozen files: its inputs as
 * our types, its results as JSON.
 */
final class HandshakeVector {
  private final JsonObject json;
  private final VerificationContext context;
  private final Map<String, List<byte[]>> draws = new HashMap<>();

  private HandshakeVector(JsonObject json) {
    this.json = json;
    this.context = context(json.getAsJsonObject("trust"));
  }

  static HandshakeVector read(String name) {
    return new HandshakeVector(file("/vectors/alts-handshake-v1/" + name + ".json"));
  }

  /** {@return the cases of one of our own files, each complete in itself} */
  static List<HandshakeVector> readCases(String topic) {
    List<HandshakeVector> cases = new ArrayList<>();
    for (JsonElement element : file("/vectors/" + topic + ".json").getAsJsonArray("cases")) {
      cases.add(new HandshakeVector(element.getAsJsonObject()));
    }
    return cases;
  }

  static HandshakeVector of(JsonObject json) {
    return new HandshakeVector(json);
  }

  static JsonObject file(String path) {
    try (InputStream in = HandshakeVector.class.getResourceAsStream(path)) {
      return JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + path, e);
    }
  }

  @Override
  public String toString() {
    return json.get("name").getAsString();
  }

  JsonObject expected() {
    return json.getAsJsonObject("expect");
  }

  JsonObject exchange() {
    return expected().getAsJsonObject("exchange");
  }

  JsonObject schedule() {
    return expected().getAsJsonObject("schedule");
  }

  Instant now() {
    return Instant.ofEpochSecond(json.get("now").getAsLong());
  }

  JsonObject client() {
    return json.getAsJsonObject("client");
  }

  JsonObject server() {
    return json.getAsJsonObject("server");
  }

  /** {@return the complete frames of one side, in order} */
  List<Bytes> frames(String from) {
    List<Bytes> frames = new ArrayList<>();
    for (JsonElement element : expected().getAsJsonArray("frames")) {
      JsonObject frame = element.getAsJsonObject();
      if (frame.get("from").getAsString().equals(from)) {
        frames.add(hex(frame, "bytes"));
      }
    }
    return frames;
  }

  HandshakeEnvironment environment(String side) {
    return environment(side, Crypto.best());
  }

  HandshakeEnvironment environment(String side, Crypto crypto) {
    return new HandshakeEnvironment(
        crypto, new PeerVerifier(), InstantSource.fixed(now()), random(side));
  }

  /** {@return what one side draws, in order; the seed of a KEM key pair is one draw} */
  List<byte[]> draws(String side) {
    return draws.computeIfAbsent(
        side,
        unused ->
            expected().getAsJsonObject("randomness").getAsJsonObject(side).entrySet().stream()
                .map(draw -> Bytes.fromHex(draw.getValue().getAsString()).toByteArray())
                .toList());
  }

  SecureRandom random(String side) {
    ScriptedRandom random = new ScriptedRandom();
    draws(side).forEach(random::then);
    return random;
  }

  ClientHandshakeParameters clientParameters(RecordingTickets tickets) {
    return new ClientHandshakeParameters(
        credential(client(), json.getAsJsonObject("client_config")).build(),
        negotiation(json.getAsJsonObject("client_config")),
        json.has("allowed_server")
            ? new ServerExpectation.Explicit(
                PeerAuthorizer.allow(SpiffeId.parse(json.get("allowed_server").getAsString())))
            : new ServerExpectation.Named("db.shop.example"),
        tickets);
  }

  ServerHandshakeParameters serverParameters() {
    JsonObject config = json.getAsJsonObject("server_config");
    List<ResumptionKey> keys = new ArrayList<>();
    for (JsonElement element : config.getAsJsonArray("resumption_keys")) {
      JsonObject key = element.getAsJsonObject();
      keys.add(
          new ResumptionKey(
              SecretBytes.adopt(hex(key, "key").toByteArray()),
              key.get("generation").getAsInt(),
              time(key, "created_at"),
              time(key, "seals_until"),
              time(key, "opens_until")));
    }
    return new ServerHandshakeParameters(
        credential(server(), config).resumptionKeys(keys).build(),
        negotiation(config),
        PeerAuthorizer.anyAuthenticated(),
        WorkPermit.UNLIMITED);
  }

  /** {@return the offer of the vector, as a cache would give it} */
  ResumptionOffer offer() {
    if (json.get("offer").isJsonNull()) {
      return new ResumptionOffer.None();
    }
    JsonObject offer = json.getAsJsonObject("offer");
    ClientTicket ticket = ticket(offer.getAsJsonObject("ticket"));
    if (offer.getAsJsonArray("modes").get(0).getAsInt() == 2) {
      return new ResumptionOffer.Symmetric(ticket);
    }
    return offer.get("lean").getAsBoolean()
        ? new ResumptionOffer.Lean(ticket)
        : new ResumptionOffer.Full(ticket);
  }

  static ClientTicket ticket(JsonObject ticket) {
    return new ClientTicket(
        hex(ticket, "ticket"),
        SecretBytes.adopt(hex(ticket, "resumption_secret").toByteArray()),
        facts(ticket.getAsJsonObject("server")),
        time(ticket, "authenticated_at"),
        time(ticket, "drop_at"),
        Suite.ofNumber(ticket.get("weakest_suite").getAsInt()).orElseThrow());
  }

  /** {@return facts; of a resumed server the file has identity, kind and boundary only} */
  static PeerFacts facts(JsonObject facts) {
    boolean complete = facts.has("machine");
    List<Bytes> authorities = new ArrayList<>();
    if (complete) {
      for (JsonElement spki : facts.getAsJsonArray("authority_spki_sha256")) {
        authorities.add(Bytes.fromHex(spki.getAsString()));
      }
    }
    return new PeerFacts(
        SpiffeId.parse(facts.get("spiffe_id").getAsString()),
        EntityKind.ofNumber(facts.get("kind").getAsInt()).orElseThrow(),
        facts.get("boundary").getAsString(),
        complete ? facts.get("machine").getAsString() : "",
        new RevocationId(
            complete ? Long.parseUnsignedLong(facts.get("revocation_id").getAsString(), 16) : 0),
        complete ? time(facts, "issued_at") : Instant.EPOCH,
        authorities,
        complete ? time(facts, "master_not_after") : Instant.EPOCH);
  }

  static Bytes hex(JsonObject object, String member) {
    return Bytes.fromHex(object.get(member).getAsString());
  }

  static Instant time(JsonObject object, String member) {
    return Instant.ofEpochSecond(object.get(member).getAsLong());
  }

  private CredentialSnapshot.Builder credential(JsonObject party, JsonObject config) {
    List<Bytes> chain = new ArrayList<>();
    party.getAsJsonArray("chain").forEach(der -> chain.add(Bytes.fromHex(der.getAsString())));
    PeerFacts self =
        new PeerFacts(
            SpiffeId.parse(party.get("spiffe_id").getAsString()),
            EntityKind.ofNumber(party.get("kind").getAsInt()).orElseThrow(),
            party.get("boundary").getAsString(),
            party.get("machine").getAsString(),
            new RevocationId(Long.parseUnsignedLong(party.get("revocation_id").getAsString(), 16)),
            time(party, "issued_at"),
            List.of(),
            Instant.EPOCH);
    return CredentialSnapshot.builder()
        .self(self)
        .credential(hex(party, "handshake_certificate"), chain)
        .x25519PrivateKey(
            SecretBytes.adopt(hex(party, "x25519_static_private").toByteArray()),
            now().plusSeconds(1800))
        .verificationContext(context)
        .recordPolicy(new RecordPolicy(strings(config, "record_protocols"), false))
        .allowSymmetricResumption(true);
  }

  private static Negotiation negotiation(JsonObject config) {
    List<Suite> suites = new ArrayList<>();
    config
        .getAsJsonArray("suites")
        .forEach(suite -> suites.add(Suite.ofNumber(suite.getAsInt()).orElseThrow()));
    JsonObject versions = config.getAsJsonObject("rpc_versions");
    return new Negotiation(
        suites,
        strings(config, "application_protocols"),
        strings(config, "transport_protocols"),
        new RpcVersions(
            version(versions.getAsJsonArray("max")), version(versions.getAsJsonArray("min"))),
        config.get("max_frame_size").getAsInt(),
        config.has("require_privacy") && config.get("require_privacy").getAsBoolean());
  }

  private static RpcVersions.Version version(JsonArray majorMinor) {
    return new RpcVersions.Version(majorMinor.get(0).getAsInt(), majorMinor.get(1).getAsInt());
  }

  private static List<String> strings(JsonObject object, String member) {
    List<String> strings = new ArrayList<>();
    object.getAsJsonArray(member).forEach(element -> strings.add(element.getAsString()));
    return strings;
  }

  private static VerificationContext context(JsonObject trust) {
    TrustDomain own = new TrustDomain(trust.get("own").getAsString());
    List<TrustedDomain> domains = new ArrayList<>();
    Map<TrustDomain, AuthorityConstraint> foreign = new HashMap<>();
    for (Map.Entry<String, JsonElement> domain : trust.getAsJsonObject("domains").entrySet()) {
      TrustDomain name = new TrustDomain(domain.getKey());
      domains.add(new TrustedDomain(document(name, domain.getValue().getAsJsonArray()), null));
      if (!name.equals(own)) {
        foreign.put(name, new AuthorityConstraint(Set.of(), List.of(), List.of()));
      }
    }
    return VerificationContext.of(
        own, domains, new ForeignDomainPolicy(foreign), StaleRevocation.KEEP_SERVING);
  }

  private static TrustDocument document(TrustDomain name, JsonArray authorities) {
    List<IssuingAuthority> members = new ArrayList<>();
    for (JsonElement element : authorities) {
      try {
        members.add(
            new IssuingAuthority(
                AuthorityCertificate.parse(hex(element.getAsJsonObject(), "certificate")),
                AuthorityState.ACTIVE,
                AuthorityConstraint.none()));
      } catch (InvalidCertificateException e) {
        throw new IllegalStateException("vector's authority", e);
      }
    }
    return new TrustDocument(
        name,
        1,
        Instant.ofEpochSecond(1_800_000_000),
        Instant.ofEpochSecond(2_000_000_000),
        Bytes.copyOf(name.name().getBytes(StandardCharsets.US_ASCII)),
        members,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null);
  }
}
