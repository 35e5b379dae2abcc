package dev.alts.identity.crypto;

import dev.alts.identity.Bytes;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * ECDSA over P-256 with SHA-256, signatures in DER, by one provider.
 *
 * <p>All providers give the same verdicts: encodings of keys and signatures are checked here,
 * before a provider sees them. Immutable and thread-safe.
 */
public final class EcdsaP256 {
  private static final String ALGORITHM = "SHA256withECDSA";

  private final Provider provider;

  private EcdsaP256(Provider provider) {
    this.provider = provider;
  }

  /** {@return the fastest one present: ACCP, Conscrypt, BouncyCastle, else the JDK's} */
  public static EcdsaP256 best() {
    return Best.INSTANCE;
  }

  public static EcdsaP256 with(Provider provider) {
    return new EcdsaP256(provider);
  }

  /** {@return one for every provider present, fastest first} */
  public static List<EcdsaP256> available() {
    return SignatureProviders.available().stream().map(EcdsaP256::with).toList();
  }

  public String providerName() {
    return provider.getName();
  }

  public KeyPair generateKeyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /** {@return the DER signature over all parts, one after the other} */
  public byte[] sign(PrivateKey key, byte[]... parts) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM, provider);
      signature.initSign(key);
      for (byte[] part : parts) {
        signature.update(part);
      }
      return signature.sign();
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("private key: not of P-256", e);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /** {@return whether {@code signature} is strict DER and verifies} */
  public boolean verify(PublicKey key, byte[] message, byte[] signature) {
    if (!P256.isStrictSignature(signature)) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(ALGORITHM, provider);
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      // Providers differ in how they refuse; to the caller it is one and the same.
      return false;
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("public key: not of P-256", e);
    } catch (GeneralSecurityException e) {
      throw unusable(e);
    }
  }

  /**
   * {@return the public key of a SubjectPublicKeyInfo}
   *
   * @throws IllegalArgumentException if it is not the DER form of a point on P-256
   */
  public PublicKey decodePublicKey(Bytes spki) {
    P256.requireSpki(spki);
    try {
      return KeyFactory.getInstance("EC", provider)
          .generatePublic(new X509EncodedKeySpec(spki.toByteArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("public key: refused by " + providerName(), e);
    }
  }

  /** {@return whether this SubjectPublicKeyInfo is the DER form of a point on P-256} */
  public static boolean isKeyOfP256(Bytes spki) {
    try {
      P256.requireSpki(spki);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * {@return the private key of a PKCS#8 PrivateKeyInfo; the caller wipes {@code pkcs8}}
   *
   * @throws IllegalArgumentException if the provider does not take it
   */
  public PrivateKey decodePrivateKey(byte[] pkcs8) {
    try {
      return KeyFactory.getInstance("EC", provider).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("private key: refused by " + providerName(), e);
    }
  }

  /** {@return whether the provider makes a key, signs with it and verifies that} */
  static boolean works(Provider provider) {
    try {
      EcdsaP256 candidate = with(provider);
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      byte[] message = {1, 2, 3};
      return candidate.verify(
          pair.getPublic(), message, candidate.sign(pair.getPrivate(), message));
    } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "EcdsaP256[" + providerName() + "]";
  }

  private IllegalStateException unusable(GeneralSecurityException cause) {
    return new IllegalStateException("ECDSA P-256: provider %s".formatted(providerName()), cause);
  }

  /** Chosen once, at first use: loading native code takes tens of milliseconds. */
  private static final class Best {
    private static final EcdsaP256 INSTANCE = with(SignatureProviders.available().getFirst());
  }
}
