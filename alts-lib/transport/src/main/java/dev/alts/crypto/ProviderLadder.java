package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** {@return every working candidate, at most one for each rung, in the given order} */
  static <T> List<T> working(List<CryptoProvider> order, Maker<T> maker, SelfTest<T> selfTest) {
    List<T> working = new ArrayList<>();
    for (CryptoProvider rung : order) {
      rung.instances().stream()
          .flatMap(provider -> attempt(provider, maker, selfTest).stream())
          .findFirst()
          .ifPresent(working::add);
    }
    return List.copyOf(working);
  }

  private static <T> Optional<T> attempt(Provider provider, Maker<T> maker, SelfTest<T> selfTest) {
    try {
      T candidate = maker.make(provider);
      return selfTest.passes(candidate) ? Optional.of(candidate) : Optional.empty();
    } catch (GeneralSecurityException | LinkageError | RuntimeException e) {
      // It has not the algorithm, or only the name of it: the next one does.
      return Optional.empty();
    }
  }
}
