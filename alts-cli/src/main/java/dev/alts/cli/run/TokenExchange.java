package dev.alts.cli.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CaTls;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.FirstContact;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Gets certificates for a token, with new keys each time. The token goes only to the CA that the
 * root's fingerprint vouches for.
 */
final class TokenExchange {
  private static final byte[] LABEL = "ALTS/1 token exchange\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ATTEMPTS = 5;

  private final CaAddresses ca;
  private final RootFingerprint root;
  private final String spiffeId;
  private final InstantSource clock;
  private final SecureRandom random;

  /**
   * @param spiffeId one of those that the token gives; empty: the first
   */
  TokenExchange(
      CaAddresses ca,
      RootFingerprint root,
      String spiffeId,
      InstantSource clock,
      SecureRandom random) {
    this.ca = ca;
    this.root = root;
    this.spiffeId = spiffeId;
    this.clock = clock;
    this.random = random;
  }

  /**
   * {@return what the CA gives for {@code token}}
   *
   * @throws CommandFailedException if it gives nothing
   */
  JobCredentials exchange(String token) {
    FirstContact contact = FirstContact.with(ca, root, random);
    KeyPair master = EcdsaP256.best().generateKeyPair(random);
    KeyPair tls = EcdsaP256.best().generateKeyPair(random);
    JsonObject body = new JsonObject();
    body.addProperty("token", token);
    body.addProperty("spiffeId", spiffeId);
    byte[] message = message(token, master, tls);
    body.add("master", proven(master, message));
    body.add("tls", proven(tls, message));
    try (CaClient client = new CaClient(ca, CaTls.asNobody(contact.document(), clock, random))) {
      return read(send(client, body), master, tls);
    }
  }

  /** The same request again is not another use of the token, so a lost answer loses nothing. */
  private static JsonObject send(CaClient client, JsonObject body) {
    for (int attempt = 1; ; attempt++) {
      try {
        return client.post("/v1/exchange", body);
      } catch (CommandFailedException e) {
        boolean mayPass = e.exitCode() == dev.alts.cli.ca.ExitCode.UNREACHABLE || isBusy(e);
        if (!mayPass || attempt == ATTEMPTS) {
          throw e;
        }
      }
      try {
        Thread.sleep(500L << attempt);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandFailedException.failed("interrupted", null, e);
      }
    }
  }

  private static boolean isBusy(CommandFailedException e) {
    return e.hint() != null && e.hint().startsWith("Send the same request again");
  }

  private static JsonObject proven(KeyPair key, byte[] message) {
    JsonObject proven = new JsonObject();
    proven.addProperty("spki", base64(key.getPublic().getEncoded()));
    proven.addProperty("proof", base64(EcdsaP256.best().sign(key.getPrivate(), message)));
    return proven;
  }

  private static byte[] message(String token, KeyPair master, KeyPair tls) {
    java.io.ByteArrayOutputStream message = new java.io.ByteArrayOutputStream();
    message.writeBytes(LABEL);
    message.writeBytes(Sha256.of(token.getBytes(StandardCharsets.US_ASCII)).toByteArray());
    message.writeBytes(Sha256.of(master.getPublic().getEncoded()).toByteArray());
    message.writeBytes(Sha256.of(tls.getPublic().getEncoded()).toByteArray());
    return message.toByteArray();
  }

  private static JobCredentials read(JsonObject answer, KeyPair master, KeyPair tls) {
    try {
      return new JobCredentials(
          svid(answer, "master", master),
          svid(answer, "tls", tls),
          CredentialSnapshot.parseFrom(
              Base64.getDecoder().decode(answer.get("documents").getAsString())),
          Instant.parse(answer.get("renewAt").getAsString()),
          Instant.parse(answer.get("notAfter").getAsString()));
    } catch (InvalidCertificateException | InvalidProtocolBufferException e) {
      throw CommandFailedException.failed(
          "the CA's answer cannot be used: " + e.getMessage(), null, e);
    }
  }

  private static X509Svid svid(JsonObject answer, String name, KeyPair key)
      throws InvalidCertificateException {
    List<Bytes> chain = new ArrayList<>();
    for (JsonElement certificate : answer.getAsJsonArray(name)) {
      chain.add(Bytes.copyOf(Base64.getDecoder().decode(certificate.getAsString())));
    }
    return X509Svid.of(chain, key.getPrivate());
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
