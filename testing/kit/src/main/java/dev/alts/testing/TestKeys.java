package dev.alts.testing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.jce.spec.ECPrivateKeySpec;
import org.bouncycastle.jce.spec.ECPublicKeySpec;

/** Throw-away keys, made by BouncyCastle and so independent of the code under test. */
public final class TestKeys {
  static final Provider PROVIDER = new BouncyCastleProvider();

  private TestKeys() {}

  public static KeyPair p256() {
    return ec("secp256r1");
  }

  /** {@return the one key pair of this seed: for inputs on file that must meet their key again} */
  public static KeyPair p256(String seed) {
    ECNamedCurveParameterSpec curve = ECNamedCurveTable.getParameterSpec("secp256r1");
    BigInteger secret =
        new BigInteger(1, sha256(seed.getBytes(StandardCharsets.UTF_8))).mod(curve.getN());
    try {
      KeyFactory keys = KeyFactory.getInstance("EC", PROVIDER);
      return new KeyPair(
          keys.generatePublic(new ECPublicKeySpec(curve.getG().multiply(secret), curve)),
          keys.generatePrivate(new ECPrivateKeySpec(secret, curve)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("BouncyCastle reads its own keys", e);
    }
  }

  public static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("BouncyCastle makes EC keys", e);
    }
  }

  public static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", PROVIDER);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("BouncyCastle makes RSA keys", e);
    }
  }

  /** {@return the key's SubjectPublicKeyInfo} */
  public static byte[] spki(KeyPair pair) {
    return pair.getPublic().getEncoded();
  }

  public static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** {@return the ECDSA signature with SHA-256, DER} */
  public static byte[] sign(PrivateKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA", PROVIDER);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("BouncyCastle signs with its own keys", e);
    }
  }
}
