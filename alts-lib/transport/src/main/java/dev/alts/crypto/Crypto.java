package dev.alts.crypto;

import dev.alts.identity.crypto.Sha256;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Arrays;
import java.util.List;

/**
 * The seam between the protocol and the providers: every primitive, each chosen once.
 *
 * <p>Immutable and thread-safe; what it makes is not, unless its own comment says so.
 */
public final class Crypto {
  private static final List<CryptoProvider> JDK_FIRST =
      List.of(CryptoProvider.JDK, CryptoProvider.BOUNCY_CASTLE, CryptoProvider.CONSCRYPT);

  private final X25519 x25519;
  private final MlKem768 mlKem768;
  private final AeadFactory sealing;
  private final AeadFactory gmac;
  private final Hkdf hkdf;
  private final Provider aes;

  private Crypto(
      X25519 x25519,
      MlKem768 mlKem768,
      AeadFactory sealing,
      AeadFactory gmac,
      List<CryptoProvider> others) {
    this.x25519 = x25519;
    this.mlKem768 = mlKem768;
    this.sealing = sealing;
    this.gmac = gmac;
    this.hkdf = first("HMAC-SHA256", hkdfs(others));
    this.aes = first("AES", aesProviders(others));
  }

  /** {@return the fastest working provider for each primitive} */
  public static Crypto best() {
    return Best.INSTANCE;
  }

  /** {@return a choice of one's own, for tests and comparisons} */
  public static Crypto of(X25519 x25519, MlKem768 mlKem768, AeadFactory sealing, AeadFactory gmac) {
    return new Crypto(x25519, mlKem768, sealing, gmac, JDK_FIRST);
  }

  /**
   * {@return everything from one rung of the ladder; SHA-256 stays the platform's}
   *
   * @throws IllegalStateException if the rung lacks a primitive
   */
  public static Crypto only(CryptoProvider rung) {
    List<CryptoProvider> order = List.of(rung);
    return new Crypto(
        first("X25519", X25519.available(order)),
        first("ML-KEM-768", MlKem768.available(order)),
        first("AES-GCM", AeadFactory.available(order)),
        first("GMAC", AeadFactory.available(order)),
        order);
  }

  public X25519 x25519() {
    return x25519;
  }

  public MlKem768 mlKem768() {
    return mlKem768;
  }

  public Hkdf hkdf() {
    return hkdf;
  }

  /** {@return AES-GCM for sealing, with a key of 16 or 32 bytes that is copied} */
  public AesGcm aesGcm(byte[] key) {
    return sealing.aesGcm(key);
  }

  /** {@return AES-GCM for {@link AesGcm#authenticate}, with a key of 16 bytes that is copied} */
  public AesGcm gmac(byte[] key) {
    return gmac.aesGcm(key);
  }

  /**
   * {@return a VMAC}
   *
   * @param key an AES key, which is copied
   * @param tagBytes 8 or 16
   */
  public Vmac vmac(byte[] key, int tagBytes) {
    return new Vmac(aesBlocks(key), tagBytes);
  }

  /** {@return an AES key stream, with a key of 16 bytes that is copied} */
  public AesKeyStream aesKeyStream(byte[] key) {
    return new AesKeyStream(aesBlocks(key));
  }

  /** {@return an empty running SHA-256} */
  public MessageDigest newSha256() {
    return Sha256.newDigest();
  }

  /** {@return SHA-256 over all parts, one after the other} */
  public byte[] sha256(byte[]... parts) {
    MessageDigest digest = Sha256.newDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** {@return which provider does what, in one line for the log} */
  public String description() {
    return "X25519 %s, ML-KEM-768 %s, AES-GCM %s, GMAC %s, AES %s, HMAC-SHA256 %s"
        .formatted(
            x25519.providerName(),
            mlKem768.providerName(),
            sealing.providerName(),
            gmac.providerName(),
            aes.getName(),
            hkdf.providerName());
  }

  @Override
  public String toString() {
    return "Crypto[" + description() + "]";
  }

  private AesBlocks aesBlocks(byte[] key) {
    if (key.length != 16 && key.length != 24 && key.length != 32) {
      throw new IllegalArgumentException(
          "AES key: %d bytes (expected: 16, 24 or 32)".formatted(key.length));
    }
    try {
      return new AesBlocks(aes, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES: provider %s".formatted(aes.getName()), e);
    }
  }

  private static List<Hkdf> hkdfs(List<CryptoProvider> order) {
    return ProviderLadder.working(
        order, Hkdf::new, hkdf -> hkdf.hmac(new byte[0], new byte[0]).length == Hkdf.HASH_BYTES);
  }

  private static List<Provider> aesProviders(List<CryptoProvider> order) {
    return ProviderLadder.working(
        order,
        provider -> provider,
        provider -> {
          byte[] out = new byte[AesBlocks.BLOCK_BYTES];
          new AesBlocks(provider, new byte[16]).encrypt(new byte[AesBlocks.BLOCK_BYTES], out);
          return !Arrays.equals(out, new byte[AesBlocks.BLOCK_BYTES]);
        });
  }

  private static <T> T first(String what, List<T> working) {
    if (working.isEmpty()) {
      throw new IllegalStateException(
          "%s: no provider has it (expected: the JDK's, Conscrypt or BouncyCastle)"
              .formatted(what));
    }
    return working.getFirst();
  }

  private static final class Best {
    private static final Crypto INSTANCE =
        new Crypto(
            first("X25519", X25519.available()),
            first("ML-KEM-768", MlKem768.available()),
            first("AES-GCM", AeadFactory.availableForSealing()),
            first("GMAC", AeadFactory.availableForGmac()),
            JDK_FIRST);
  }
}
