package dev.alts.crypto;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.KEM;
import javax.crypto.SecretKey;

/** ML-KEM-768 (FIPS 203) on raw bytes, deterministic from its seeds. Thread-safe. */
public final class MlKem768 {
  public static final int SEED_BYTES = 64;
  public static final int ENCAPSULATION_SEED_BYTES = 32;
  public static final int ENCAPSULATION_KEY_BYTES = 1184;
  public static final int CIPHERTEXT_BYTES = 1088;
  public static final int SECRET_BYTES = 32;

  // The JDK has it from 24 on; Conscrypt registers it but lacks the class.
  private static final List<CryptoProvider> ORDER =
      List.of(CryptoProvider.JDK, CryptoProvider.BOUNCY_CASTLE);
  private static final String NAME = "ML-KEM-768";
  private static final byte[] SPKI_PREFIX =
      HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");
  private static final int MODULUS = 3329;
  private static final int COEFFICIENT_BYTES = ENCAPSULATION_KEY_BYTES - 32;

  private final Provider provider;

  private MlKem768(Provider provider) {
    this.provider = provider;
  }

  /** {@return one for every working provider, fastest first} */
  public static List<MlKem768> available() {
    return available(ORDER);
  }

  static List<MlKem768> available(List<CryptoProvider> order) {
    return ProviderLadder.working(order, MlKem768::new, MlKem768::agreesWithItself);
  }

  public String providerName() {
    return provider.getName();
  }

  @Override
  public String toString() {
    return "MlKem768[" + provider.getName() + "]";
  }

  /**
   * {@return the key pair of a seed}
   *
   * @param seed d | z (FIPS 203 section 7.1); the caller wipes it
   */
  public KemKeyPair generate(byte[] seed) {
    FixedRandom random = new FixedRandom(seed);
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME, provider);
      generator.initialize(new NamedParameterSpec(NAME), random);
      KeyPair pair = generator.generateKeyPair();
      requireUsedUp(random);
      byte[] spki = pair.getPublic().getEncoded();
      return new KemKeyPair(
          Arrays.copyOfRange(spki, spki.length - ENCAPSULATION_KEY_BYTES, spki.length),
          pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    } finally {
      random.wipe();
    }
  }

  /**
   * {@return ciphertext and shared secret for a checked encapsulation key}
   *
   * @param seed m (FIPS 203 section 7.2); the caller wipes it
   * @throws IllegalArgumentException if the key does not pass {@link #isEncapsulationKey}
   */
  public Encapsulation encapsulate(byte[] encapsulationKey, byte[] seed) {
    if (!isEncapsulationKey(ByteBuffer.wrap(encapsulationKey))) {
      throw new IllegalArgumentException("ML-KEM-768 encapsulation key: not checked");
    }
    FixedRandom random = new FixedRandom(seed);
    try {
      byte[] spki = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + ENCAPSULATION_KEY_BYTES);
      System.arraycopy(encapsulationKey, 0, spki, SPKI_PREFIX.length, ENCAPSULATION_KEY_BYTES);
      PublicKey key =
          KeyFactory.getInstance(NAME, provider).generatePublic(new X509EncodedKeySpec(spki));
      KEM.Encapsulated result =
          KEM.getInstance(NAME, provider).newEncapsulator(key, random).encapsulate();
      requireUsedUp(random);
      return new Encapsulation(result.encapsulation(), secretOf(result.key()));
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    } finally {
      random.wipe();
    }
  }

  /**
   * {@return the shared secret in a ciphertext, which the caller wipes; for a forged one a secret
   * that nobody knows, as FIPS 203 wants}
   */
  public byte[] decapsulate(KemKeyPair keyPair, byte[] ciphertext) {
    if (ciphertext.length != CIPHERTEXT_BYTES) {
      throw new IllegalArgumentException(
          "ML-KEM-768 ciphertext: %d bytes (expected: 1088)".formatted(ciphertext.length));
    }
    try {
      return secretOf(
          KEM.getInstance(NAME, provider)
              .newDecapsulator(keyPair.privateKey)
              .decapsulate(ciphertext));
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /** {@return whether a peer's key passes the check of FIPS 203 section 7.2: length and modulus} */
  public static boolean isEncapsulationKey(ByteBuffer key) {
    if (key.remaining() != ENCAPSULATION_KEY_BYTES) {
      return false;
    }
    int start = key.position();
    for (int i = start; i < start + COEFFICIENT_BYTES; i += 3) {
      int middle = key.get(i + 1) & 0xff;
      int low = (key.get(i) & 0xff) | (middle & 0x0f) << 8;
      int high = middle >> 4 | (key.get(i + 2) & 0xff) << 4;
      if (low >= MODULUS || high >= MODULUS) {
        return false;
      }
    }
    return true;
  }

  private static byte[] secretOf(SecretKey key) {
    byte[] secret = key.getEncoded();
    if (secret == null || secret.length != SECRET_BYTES) {
      throw new IllegalStateException("ML-KEM-768: provider gives no raw secret");
    }
    return secret;
  }

  private boolean agreesWithItself() {
    KemKeyPair pair = generate(new byte[SEED_BYTES]);
    Encapsulation encapsulation =
        encapsulate(pair.encapsulationKey(), new byte[ENCAPSULATION_SEED_BYTES]);
    return Arrays.equals(encapsulation.secret(), decapsulate(pair, encapsulation.ciphertext()));
  }

  private static void requireUsedUp(FixedRandom random) {
    if (!random.isUsedUp()) {
      throw new IllegalStateException("ML-KEM-768: provider took randomness from elsewhere");
    }
  }

  private IllegalStateException unusable(GeneralSecurityException cause) {
    return new IllegalStateException("ML-KEM-768: provider %s".formatted(providerName()), cause);
  }

  /** A key pair of one handshake. Does not print its private half. */
  public static final class KemKeyPair {
    private final byte[] encapsulationKey;
    private final PrivateKey privateKey;

    private KemKeyPair(byte[] encapsulationKey, PrivateKey privateKey) {
      this.encapsulationKey = encapsulationKey;
      this.privateKey = privateKey;
    }

    /** {@return the public key itself, which nobody changes} */
    public byte[] encapsulationKey() {
      return encapsulationKey;
    }

    @Override
    public String toString() {
      return "KemKeyPair[redacted]";
    }
  }

  /** Result of an encapsulation. Does not print its secret. */
  public static final class Encapsulation {
    private final byte[] ciphertext;
    private final byte[] secret;

    private Encapsulation(byte[] ciphertext, byte[] secret) {
      this.ciphertext = ciphertext;
      this.secret = secret;
    }

    /** {@return the ciphertext itself, which nobody changes} */
    public byte[] ciphertext() {
      return ciphertext;
    }

    /** {@return the shared secret itself, which the caller wipes} */
    public byte[] secret() {
      return secret;
    }

    @Override
    public String toString() {
      return "Encapsulation[redacted]";
    }
  }
}
