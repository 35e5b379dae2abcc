package dev.alts.cli.home;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The text form of a login: one JSON object, so that keys and certificates cannot disagree. */
final class LoginFile {
  private LoginFile() {}

  static String encode(Login login) {
    JsonObject object = new JsonObject();
    object.addProperty("ca", login.ca().toString());
    object.addProperty("root", login.root().toString());
    object.addProperty("trustDocument", base64(login.trustDocument().toByteArray()));
    object.addProperty("spiffeId", login.spiffeId().toString());
    object.addProperty("notAfter", login.notAfter().toString());
    object.add("master", encode(login.master()));
    object.add("tls", encode(login.tls()));
    return object.toString();
  }

  /**
   * {@return the login that {@code text} is}
   *
   * @throws IllegalArgumentException if it is none
   */
  static Login decode(String text) {
    try {
      JsonObject object = JsonParser.parseString(text).getAsJsonObject();
      return new Login(
          CaAddresses.parse(string(object, "ca")),
          RootFingerprint.parse(string(object, "root")),
          bytes(string(object, "trustDocument")),
          SpiffeId.parse(string(object, "spiffeId")),
          Instant.parse(string(object, "notAfter")),
          decode(object.getAsJsonObject("master")),
          decode(object.getAsJsonObject("tls")));
    } catch (JsonParseException
        | IllegalStateException
        | DateTimeException
        | InvalidCertificateException e) {
      throw new IllegalArgumentException("login file: not in the form that altsctl writes", e);
    }
  }

  private static JsonObject encode(X509Svid svid) {
    JsonArray chain = new JsonArray();
    svid.chain().forEach(certificate -> chain.add(base64(certificate.toByteArray())));
    JsonObject object = new JsonObject();
    object.add("chain", chain);
    object.addProperty("key", base64(svid.privateKey().getEncoded()));
    return object;
  }

  private static X509Svid decode(JsonObject object) throws InvalidCertificateException {
    List<Bytes> chain = new ArrayList<>();
    for (JsonElement certificate : object.getAsJsonArray("chain")) {
      chain.add(bytes(certificate.getAsString()));
    }
    byte[] pkcs8 = Base64.getDecoder().decode(string(object, "key"));
    try {
      return X509Svid.of(chain, EcdsaP256.best().decodePrivateKey(pkcs8));
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }

  private static String string(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null) {
      throw new IllegalArgumentException("login file: \"%s\" is missing".formatted(name));
    }
    return value.getAsString();
  }

  private static Bytes bytes(String base64) {
    return Bytes.copyOf(Base64.getDecoder().decode(base64));
  }

  private static String base64(byte[] value) {
    return Base64.getEncoder().encodeToString(value);
  }
}
