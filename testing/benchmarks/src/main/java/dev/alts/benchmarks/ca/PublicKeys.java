package dev.alts.benchmarks.ca;

import com.google.protobuf.ByteString;
import dev.alts.identity.crypto.EcdsaP256;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Fresh P-256 public keys, made before they are needed: making them is no work of a CA. */
final class PublicKeys {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ByteString[] keys;
  private final AtomicInteger next = new AtomicInteger();

  private PublicKeys(ByteString[] keys) {
    this.keys = keys;
  }

  static PublicKeys prepare(int count) {
    ByteString[] keys = new ByteString[count];
    for (int i = 0; i < count; i++) {
      keys[i] = fresh();
    }
    return new PublicKeys(keys);
  }

  static ByteString fresh() {
    return ByteString.copyFrom(EcdsaP256.best().generateKeyPair(RANDOM).getPublic().getEncoded());
  }

  /** {@return one that was not given out before} */
  ByteString take() {
    int index = next.getAndIncrement();
    return index < keys.length ? keys[index] : fresh();
  }
}
