package dev.alts.ca.authority;

import dev.alts.ca.configuration.StartRefusedException;
import java.io.IOException;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.security.auth.login.LoginException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One login to a token, through the JDK's provider. When its sessions are lost it is thrown away
 * and another one is opened: nothing in it heals. Thread-safe.
 */
final class Pkcs11Token {
  private static final Logger log = LoggerFactory.getLogger(Pkcs11Token.class);

  /** Made in the token, never to leave it in any form. */
  private static final String ATTRIBUTES =
      """
      attributes(generate,CKO_PRIVATE_KEY,CKK_EC) = {
        CKA_TOKEN = true
        CKA_PRIVATE = true
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_SIGN = true
      }
      attributes(generate,CKO_SECRET_KEY,CKK_AES) = {
        CKA_TOKEN = true
        CKA_PRIVATE = true
        CKA_SENSITIVE = true
        CKA_EXTRACTABLE = false
        CKA_ENCRYPT = true
        CKA_DECRYPT = true
      }
      """;

  private final Provider provider;
  private final KeyStore keys;
  private final Map<String, PrivateKey> privateKeys = new ConcurrentHashMap<>();

  private Pkcs11Token(Provider provider, KeyStore keys) {
    this.provider = provider;
    this.keys = keys;
  }

  /**
   * Logs in.
   *
   * @throws StartRefusedException saying which of module, token and PIN is wrong
   */
  static Pkcs11Token open(Pkcs11Settings settings) {
    char[] pin = settings.readPin();
    try {
      Provider provider = provider(settings, slot(settings));
      KeyStore keys = KeyStore.getInstance("PKCS11", provider);
      keys.load(null, pin);
      return new Pkcs11Token(provider, keys);
    } catch (ProviderException | GeneralSecurityException | IOException e) {
      throw refused(settings, e);
    } finally {
      Arrays.fill(pin, '\0');
    }
  }

  Provider provider() {
    return provider;
  }

  /** Makes a P-256 key under {@code alias}; a certificate over it is how the JDK finds it again. */
  KeyPair generate(String alias, KeyLabel label) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Certificate certificate =
        label.certificate(alias, pair, message -> sign(pair.getPrivate(), message));
    synchronized (keys) {
      keys.setKeyEntry(alias, pair.getPrivate(), null, new Certificate[] {certificate});
    }
    return pair;
  }

  /** Writes the certificate by which a key is found. */
  interface KeyLabel {
    Certificate certificate(String alias, KeyPair pair, TokenSigner signer)
        throws GeneralSecurityException;
  }

  /** Signs in the token. */
  interface TokenSigner {
    byte[] sign(byte[] message) throws GeneralSecurityException;
  }

  void generateSecret(String alias) throws GeneralSecurityException {
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(256);
    SecretKey key = generator.generateKey();
    synchronized (keys) {
      keys.setKeyEntry(alias, key, null, null);
    }
  }

  Optional<SecretKey> secret(String alias) throws GeneralSecurityException {
    synchronized (keys) {
      return Optional.ofNullable((SecretKey) keys.getKey(alias, null));
    }
  }

  /** {@return whether the token has a private key under {@code alias}} */
  boolean has(String alias) throws GeneralSecurityException, IOException {
    return privateKey(alias) != null;
  }

  byte[] sign(String alias, byte[] message) throws GeneralSecurityException, IOException {
    PrivateKey key = privateKey(alias);
    if (key == null) {
      throw new ProviderException("key %s is gone from the token".formatted(alias));
    }
    return sign(key, message);
  }

  /** Ends the login of this process, for every session. */
  void logout() {
    try {
      if (provider instanceof AuthProvider login) {
        login.logout();
      }
    } catch (LoginException | ProviderException e) {
      log.debug("PKCS#11 logout failed, the process ends anyway: {}", e.toString());
    }
  }

  private @Nullable PrivateKey privateKey(String alias)
      throws GeneralSecurityException, IOException {
    PrivateKey known = privateKeys.get(alias);
    if (known != null) {
      return known;
    }
    synchronized (keys) {
      if (!keys.containsAlias(alias)) {
        // Another replica may have made it; the list is read when it is loaded.
        keys.load(null, null);
      }
      PrivateKey found = (PrivateKey) keys.getKey(alias, null);
      if (found != null) {
        privateKeys.put(alias, found);
      }
      return found;
    }
  }

  private byte[] sign(PrivateKey key, byte[] message) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA", provider);
    signature.initSign(key);
    signature.update(message);
    return signature.sign();
  }

  private static Provider provider(Pkcs11Settings settings, long slot) {
    Provider base = Security.getProvider("SunPKCS11");
    if (base == null) {
      throw new ProviderException(
          "this Java has no provider SunPKCS11 (module jdk.crypto.cryptoki)");
    }
    return base.configure(
        "--name = alts-ca\nlibrary = \"%s\"\nslot = %d\n%s"
            .formatted(settings.library(), slot, ATTRIBUTES));
  }

  private static long slot(Pkcs11Settings settings) {
    Map<String, Long> slots = Pkcs11Slots.byLabel(settings.library());
    Long slot = settings.tokenLabel() == null ? settings.slot() : slots.get(settings.tokenLabel());
    if (slot == null || !slots.containsValue(slot)) {
      throw new StartRefusedException(
          "There is no token %s; the module %s has the tokens %s."
              .formatted(settings.describeToken(), settings.library(), slots.keySet()),
          "Plug it in or initialize it, or name another one by alts.ca.pkcs11.token-label or"
              + " alts.ca.pkcs11.slot.");
    }
    return slot;
  }

  private static StartRefusedException refused(Pkcs11Settings settings, Exception e) {
    String causes = causes(e);
    if (causes.contains("CKR_PIN_INCORRECT") || causes.contains("CKR_PIN_LEN_RANGE")) {
      return new StartRefusedException(
          "The token %s refuses the PIN in %s."
              .formatted(settings.describeToken(), settings.pinFile()),
          "Correct it before the token locks itself after too many attempts.",
          e);
    }
    if (causes.contains("CKR_PIN_LOCKED")) {
      return new StartRefusedException(
          "The token %s is locked after too many wrong PINs.".formatted(settings.describeToken()),
          "Its security officer can set a new user PIN.",
          e);
    }
    return new StartRefusedException(
        "The token %s of %s does not answer: %s."
            .formatted(settings.describeToken(), settings.library(), causes),
        "See docs/operate/custody.md for what the CA needs of a token.",
        e);
  }

  private static String causes(Exception e) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      text.append(text.isEmpty() ? "" : ": ")
          .append(
              cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }
    return text.toString();
  }
}
