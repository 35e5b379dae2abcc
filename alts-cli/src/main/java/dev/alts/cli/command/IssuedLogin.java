package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Two fresh keys of a human, and the certificates that the CA issues for them. */
final class IssuedLogin {
  private final KeyPair master;
  private final KeyPair tls;

  IssuedLogin(SecureRandom random) {
    this.master = EcdsaP256.best().generateKeyPair(random);
    this.tls = EcdsaP256.best().generateKeyPair(random);
  }

  /** Puts the public halves into a request. */
  void describe(JsonObject body) {
    body.addProperty("masterSpki", base64(master));
    body.addProperty("tlsSpki", base64(tls));
  }

  /** {@return the login that the CA's answer makes of the keys} */
  Login complete(JsonObject answer, CaAddresses ca, RootFingerprint root, Bytes trustDocument) {
    return new Login(
        ca,
        root,
        trustDocument,
        SpiffeId.parse(answer.get("spiffeId").getAsString()),
        Instant.parse(answer.get("notAfter").getAsString()),
        svid(answer, "master", master),
        svid(answer, "tls", tls));
  }

  private static X509Svid svid(JsonObject answer, String name, KeyPair pair) {
    try {
      List<Bytes> chain = new ArrayList<>();
      for (JsonElement certificate : answer.getAsJsonArray(name)) {
        chain.add(Bytes.copyOf(Base64.getDecoder().decode(certificate.getAsString())));
      }
      return X509Svid.of(chain, pair.getPrivate());
    } catch (InvalidCertificateException e) {
      throw CommandFailedException.failed(
          "the CA sent a certificate that is none: " + e.getMessage(), null, e);
    }
  }

  private static String base64(KeyPair pair) {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }
}
