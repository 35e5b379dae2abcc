package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KeyAgreement;

/**
 * X25519 (RFC 7748) on raw 32-byte keys. Thread-safe.
 *
 * <p>Public keys are computed by an agreement with the base point rather than by the provider's key
 * generator, so that private keys come from our source of randomness with every provider.
 */
public final class X25519 {
  /** Length of private keys, public keys and shared secrets. */
  public static final int BYTES = 32;

  private static final List<CryptoProvider> ORDER =
      List.of(CryptoProvider.CONSCRYPT, CryptoProvider.BOUNCY_CASTLE, CryptoProvider.JDK);
  private static final byte[] PKCS8_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b656e04220420");
  private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");
  private static final byte[] BASE_POINT = basePoint();

  // Known answer of RFC 7748 section 6.1: Bob's keys.
  private static final byte[] KNOWN_PRIVATE =
      HexFormat.of().parseHex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  private static final byte[] KNOWN_PUBLIC =
      HexFormat.of().parseHex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");

  private final Provider provider;
  private final KeyFactory keyFactory;

  private X25519(Provider provider) throws GeneralSecurityException {
    this.provider = provider;
    this.keyFactory = KeyFactory.getInstance("XDH", provider);
  }

  /** {@return one for every working provider, fastest first} */
  public static List<X25519> available() {
    return available(ORDER);
  }

  static List<X25519> available(List<CryptoProvider> order) {
    return ProviderLadder.working(order, X25519::new, X25519::computesKnownAnswer);
  }

  public String providerName() {
    return provider.getName();
  }

  @Override
  public String toString() {
    return "X25519[" + provider.getName() + "]";
  }

  /** {@return the public key of a private key} */
  public byte[] publicKey(byte[] privateKey) {
    try {
      return agree(privateKey, BASE_POINT);
    } catch (SmallOrderException e) {
      throw new AssertionError("the base point has a large order", e);
    }
  }

  /**
   * {@return the shared secret, which the caller wipes}
   *
   * @param publicKey the peer's; its highest bit is ignored (RFC 7748 section 5)
   * @throws SmallOrderException if the result is zero (handshake.md section 3)
   */
  public byte[] agree(byte[] privateKey, byte[] publicKey) throws SmallOrderException {
    requireLength("private key", privateKey);
    requireLength("public key", publicKey);
    byte[] shared;
    byte[] pkcs8 = concat(PKCS8_PREFIX, privateKey);
    byte[] spki = concat(SPKI_PREFIX, publicKey);
    // Not every provider masks this bit.
    spki[spki.length - 1] &= 0x7f;
    try {
      PrivateKey ours = keyFactory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      PublicKey theirs = keyFactory.generatePublic(new X509EncodedKeySpec(spki));
      KeyAgreement agreement = KeyAgreement.getInstance("XDH", provider);
      agreement.init(ours);
      agreement.doPhase(theirs, true);
      shared = agreement.generateSecret();
    } catch (InvalidKeyException | InvalidKeySpecException | IllegalStateException e) {
      // Keys of the right length are refused for their order only.
      throw new SmallOrderException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("X25519: provider %s".formatted(provider.getName()), e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
    int bits = 0;
    for (byte b : shared) {
      bits |= b;
    }
    if (bits == 0) {
      throw new SmallOrderException();
    }
    return shared;
  }

  private boolean computesKnownAnswer() {
    return Arrays.equals(publicKey(KNOWN_PRIVATE), KNOWN_PUBLIC);
  }

  private static void requireLength(String what, byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "X25519 %s: %d bytes (expected: 32)".formatted(what, key.length));
    }
  }

  private static byte[] concat(byte[] prefix, byte[] key) {
    byte[] all = Arrays.copyOf(prefix, prefix.length + key.length);
    System.arraycopy(key, 0, all, prefix.length, key.length);
    return all;
  }

  private static byte[] basePoint() {
    byte[] point = new byte[BYTES];
    point[0] = 9;
    return point;
  }
}
