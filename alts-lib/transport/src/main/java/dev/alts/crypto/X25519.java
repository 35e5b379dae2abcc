package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.EncodedKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KeyAgreement;

/**
 * X25519 (RFC 7748) on raw 32-byte keys. Thread-safe.
 *
 * <p>The public key of a given private key is computed by an agreement with the base point. A new
 * pair of the native provider comes from its generator, which multiplies the base point in less
 * than half of that time but draws from its own random numbers; so only where the source of
 * randomness is the platform's, which is as good. Any other source was chosen by somebody, and then
 * every byte comes from it.
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
  private final boolean hasFastGenerator;
  private final boolean takesRawKeys;

  private X25519(Provider provider) throws GeneralSecurityException {
    this.provider = provider;
    this.keyFactory = KeyFactory.getInstance("XDH", provider);
    this.hasFastGenerator = CryptoProvider.CONSCRYPT.instances().contains(provider);
    this.takesRawKeys =
        hasFastGenerator && takes(keyFactory, new RawPrivateKeySpec(new byte[BYTES]));
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

  /** {@return a new key pair} Whoever takes it closes it. */
  public KeyPair generate(SecureRandom random) {
    return hasFastGenerator && random.getClass() == SecureRandom.class
        ? generateByProvider()
        : generateFrom(random);
  }

  private KeyPair generateFrom(SecureRandom random) {
    byte[] privateKey = new byte[BYTES];
    random.nextBytes(privateKey);
    return new KeyPair(privateKey, publicKey(privateKey));
  }

  private KeyPair generateByProvider() {
    byte[] pkcs8 = {};
    try {
      java.security.KeyPair pair = KeyPairGenerator.getInstance("XDH", provider).generateKeyPair();
      pkcs8 = pair.getPrivate().getEncoded();
      byte[] spki = pair.getPublic().getEncoded();
      return new KeyPair(rest(PKCS8_PREFIX, pkcs8), rest(SPKI_PREFIX, spki));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("X25519: provider %s".formatted(provider.getName()), e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
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
    byte[] encoded = takesRawKeys ? privateKey.clone() : concat(PKCS8_PREFIX, privateKey);
    byte[] spki = concat(SPKI_PREFIX, publicKey);
    // Not every provider masks this bit.
    spki[spki.length - 1] &= 0x7f;
    try {
      PrivateKey ours = keyFactory.generatePrivate(specOf(encoded));
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
      Arrays.fill(encoded, (byte) 0);
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

  private EncodedKeySpec specOf(byte[] encoded) {
    return takesRawKeys ? new RawPrivateKeySpec(encoded) : new PKCS8EncodedKeySpec(encoded);
  }

  private static boolean takes(KeyFactory keyFactory, KeySpec spec) {
    try {
      return keyFactory.generatePrivate(spec) != null;
    } catch (InvalidKeySpecException e) {
      return false;
    }
  }

  private boolean computesKnownAnswer() {
    return Arrays.equals(publicKey(KNOWN_PRIVATE), KNOWN_PUBLIC)
        && (!hasFastGenerator || generatesPairs());
  }

  private boolean generatesPairs() {
    try (KeyPair pair = generateByProvider()) {
      return Arrays.equals(publicKey(pair.privateKey), pair.publicKey);
    }
  }

  private static void requireLength(String what, byte[] key) {
    if (key.length != BYTES) {
      throw new IllegalArgumentException(
          "X25519 %s: %d bytes (expected: 32)".formatted(what, key.length));
    }
  }

  private static byte[] rest(byte[] prefix, byte[] encoded) {
    if (encoded.length != prefix.length + BYTES
        || !Arrays.equals(encoded, 0, prefix.length, prefix, 0, prefix.length)) {
      throw new IllegalStateException("X25519: provider encodes keys in another way");
    }
    return Arrays.copyOfRange(encoded, prefix.length, encoded.length);
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

  /** A key pair of one handshake. Does not print its private half; whoever holds it closes it. */
  public static final class KeyPair implements AutoCloseable {
    private final byte[] privateKey;
    private final byte[] publicKey;

    private KeyPair(byte[] privateKey, byte[] publicKey) {
      this.privateKey = privateKey;
      this.publicKey = publicKey;
    }

    /** {@return the private key itself, wiped when this is closed} */
    public byte[] privateKey() {
      return privateKey;
    }

    public byte[] publicKey() {
      return publicKey.clone();
    }

    @Override
    public void close() {
      Arrays.fill(privateKey, (byte) 0);
    }

    @Override
    public String toString() {
      return "KeyPair[redacted]";
    }
  }

  /**
   * A private key as it is. The native provider computes the public key of each PKCS#8 key that it
   * parses, which takes half as long as an agreement, and nobody asked for it.
   */
  private static final class RawPrivateKeySpec extends EncodedKeySpec {
    private RawPrivateKeySpec(byte[] key) {
      super(key);
    }

    @Override
    public String getFormat() {
      return "raw";
    }
  }
}
