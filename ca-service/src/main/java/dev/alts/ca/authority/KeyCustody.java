package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.util.UUID;

/**
 * Keeps the private keys of the trust domain and wraps the few secrets that are no signing keys.
 *
 * <p>This is the whole seam: another place for keys, a cloud's key service for example, is one
 * class (docs/operate/custody.md). Implementations are thread-safe and slow ones need no cache: a
 * signer is asked for once and kept.
 */
public interface KeyCustody extends AutoCloseable {
  /** {@return what this custody is called in the configuration and in the database} */
  String name();

  /**
   * {@return 32 bytes that name the key which wraps, and tell nothing about it} They change when
   * that key does.
   */
  Bytes wrappingKeyId();

  /** Makes an ECDSA P-256 key that is {@code id}'s for ever. */
  NewKey generate(UUID id);

  /**
   * {@return whoever signs with the key that {@link #generate} made}
   *
   * @param kept what {@link NewKey#kept()} was
   * @throws WrappedKeyException if the key does not open
   * @throws CustodyUnavailableException if the key cannot be reached
   */
  Signer signer(UUID id, Bytes spki, Bytes kept);

  /** {@return {@code secret}, sealed for {@code row} and no other} */
  Bytes seal(RowIdentity row, SecretBytes secret);

  /**
   * {@return the secret that was sealed for {@code row}; the caller closes it}
   *
   * @throws WrappedKeyException if it does not open: wrong key, or the row was altered
   */
  SecretBytes open(RowIdentity row, Bytes sealed);

  /**
   * Puts one cheap question to whoever keeps the keys, and waits for the answer.
   *
   * @throws CustodyUnavailableException if there is none
   */
  default void requireReachable() {}

  @Override
  default void close() {}

  /**
   * A key that was made.
   *
   * @param kept what the database remembers of it: the wrapped key or its name; no secret
   */
  record NewKey(Bytes spki, Bytes kept) {}

  /** Signs with one key. Thread-safe; its text never shows the key. */
  @FunctionalInterface
  interface Signer {
    /** {@return the DER signature, ECDSA with SHA-256} */
    byte[] sign(byte[] message);
  }
}
