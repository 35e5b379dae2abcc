package dev.alts.benchmarks.ca;

import dev.alts.identity.crypto.EcdsaP256;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * What the cryptography of one certificate costs, whoever issues it: CPU time of one thread.
 *
 * @param signMicros one ECDSA P-256 signature over a signed part
 * @param verifyMicros the verification in step 7 of docs/issuance.md
 */
record CryptoFloor(String provider, double signMicros, double verifyMicros) {
  private static final int TBS_BYTES = 560;
  private static final int ROUNDS = 7;
  private static final int PER_ROUND = 4_000;

  static CryptoFloor measure() {
    EcdsaP256 ecdsa = EcdsaP256.best();
    KeyPair pair = ecdsa.generateKeyPair(new SecureRandom());
    byte[] tbs = new byte[TBS_BYTES];
    byte[] signature = ecdsa.sign(pair.getPrivate(), tbs);
    return new CryptoFloor(
        ecdsa.providerName(),
        micros(() -> ecdsa.sign(pair.getPrivate(), tbs).length > 0),
        micros(() -> ecdsa.verify(pair.getPublic(), tbs, signature)));
  }

  double micros() {
    return signMicros + verifyMicros;
  }

  private interface Operation {
    boolean succeeds();
  }

  /** Median of the rounds; the first ones compile what the others run. */
  private static double micros(Operation operation) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double[] rounds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < PER_ROUND; i++) {
        if (!operation.succeeds()) {
          throw new IllegalStateException("the provider does not work");
        }
      }
      rounds[round] = (threads.getCurrentThreadCpuTime() - before) / 1e3 / PER_ROUND;
    }
    double[] late = Arrays.copyOfRange(rounds, 2, ROUNDS);
    Arrays.sort(late);
    return late[late.length / 2];
  }
}
