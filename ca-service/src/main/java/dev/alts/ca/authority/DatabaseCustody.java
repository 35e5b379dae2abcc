package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Private keys in the database, each wrapped under the key-encryption key for its row. They are in
 * clear in the memory of this process as long as it may sign with them. Thread-safe.
 */
final class DatabaseCustody implements KeyCustody {
  static final String NAME = "database";

  private final RowSealing sealing;
  private final Bytes keyId;
  private final EcdsaP256 ecdsa;
  private final SecureRandom random;

  /**
   * @param keyEncryptionKey 32 bytes; copied, so the caller closes it
   */
  DatabaseCustody(SecretBytes keyEncryptionKey, SecureRandom random) {
    if (keyEncryptionKey.length() != KeyEncryptionKeyFile.KEY_BYTES) {
      throw new IllegalArgumentException(
          "key-encryption key: %d bytes (expected: 32)".formatted(keyEncryptionKey.length()));
    }
    byte[] copy = keyEncryptionKey.exposeCopy();
    this.sealing = new RowSealing(new SecretKeySpec(copy, "AES"), null, random);
    this.keyId = idOf(copy);
    Arrays.fill(copy, (byte) 0);
    this.ecdsa = EcdsaP256.best();
    this.random = random;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Bytes wrappingKeyId() {
    return keyId;
  }

  @Override
  public NewKey generate(UUID id) {
    KeyPair pair = ecdsa.generateKeyPair(random);
    try (SecretBytes pkcs8 = SecretBytes.adopt(pair.getPrivate().getEncoded())) {
      return new NewKey(
          Bytes.copyOf(pair.getPublic().getEncoded()), seal(SigningKeys.row(id), pkcs8));
    }
  }

  @Override
  public Signer signer(UUID id, Bytes spki, Bytes kept) {
    try (SecretBytes secret = open(SigningKeys.row(id), kept)) {
      byte[] pkcs8 = secret.exposeCopy();
      try {
        PrivateKey key = ecdsa.decodePrivateKey(pkcs8);
        return message -> ecdsa.sign(key, message);
      } finally {
        Arrays.fill(pkcs8, (byte) 0);
      }
    }
  }

  @Override
  public Bytes seal(RowIdentity row, SecretBytes secret) {
    try {
      return sealing.seal(row, secret);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing " + row, e);
    }
  }

  @Override
  public SecretBytes open(RowIdentity row, Bytes sealed) {
    try {
      return sealing.open(row, sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("opening " + row, e);
    }
  }

  @Override
  public String toString() {
    return "DatabaseCustody[redacted]";
  }

  /** One-way: it stands in the database, in clear. */
  private static Bytes idOf(byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Bytes.copyOf(
          mac.doFinal("alts ca key-encryption key".getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    }
  }
}
