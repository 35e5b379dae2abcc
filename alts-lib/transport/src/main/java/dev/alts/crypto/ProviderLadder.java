package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries providers in the measured order and keeps those that compute a known answer: some register
 * services whose classes are missing, so presence proves nothing.
 */
final class ProviderLadder {
  /** One primitive over one provider. */
  @FunctionalInterface
  interface Maker<T> {
    T make(Provider provider) throws GeneralSecurityException;
  }

  /** Computes a known answer. */
  @FunctionalInterface
  interface SelfTest<T> {
    boolean passes(T candidate) throws GeneralSecurityException;
  }

  private ProviderLadder() {}

  /** {@return every working candidate in the given order} */
  static <T> List<T> working(
      List<CryptoProvider> order,
      String type,
      String algorithm,
      Maker<T> maker,
      SelfTest<T> selfTest) {
    List<T> working = new ArrayList<>();
    for (CryptoProvider rung : order) {
      rung.with(type, algorithm)
          .ifPresent(provider -> {
            try {
              T candidate = maker.make(provider);
              if (selfTest.passes(candidate)) {
                working.add(candidate);
              }
            } catch (GeneralSecurityException | LinkageError | RuntimeException e) {
              // It has the name but not the algorithm: the next rung does.
              return;
            }
          });
    }
    return List.copyOf(working);
  }
}
