package dev.alts.benchmarks;

import dev.alts.crypto.Crypto;
import dev.alts.crypto.MlKem768;
import dev.alts.crypto.SmallOrderException;
import dev.alts.crypto.X25519;
import dev.alts.identity.crypto.EcdsaP256;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the primitives of a handshake cost, both ends, over the same providers: a handshake minus
 * this is what parsing, hashing and state cost. HKDF and hashes count as such overhead.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PrimitivesBenchmark {
  private static final int MESSAGE_BYTES = 600;

  @Param({"FULL_CLASSICAL", "FULL_HYBRID", "UNSEEN_HYBRID", "RESUMED_CLASSICAL", "RESUMED_HYBRID"})
  public Sum sum = Sum.FULL_HYBRID;

  private final SecureRandom random = new SecureRandom();
  private final Crypto crypto = Crypto.best();
  private final byte[] seed = new byte[MlKem768.SEED_BYTES];
  private final byte[] encapsulationSeed = new byte[MlKem768.ENCAPSULATION_SEED_BYTES];
  private final byte[] message = new byte[MESSAGE_BYTES];
  private KeyPair master;
  private byte[] signature;

  /** Which handshake: how many agreements both ends do, whether with a KEM, with signatures. */
  public enum Sum {
    FULL_CLASSICAL(6, false, 0),
    FULL_HYBRID(6, true, 0),
    UNSEEN_HYBRID(6, true, 4),
    RESUMED_CLASSICAL(2, false, 0),
    RESUMED_HYBRID(2, true, 0);

    private final int agreements;
    private final boolean kem;
    private final int signatures;

    Sum(int agreements, boolean kem, int signatures) {
      this.agreements = agreements;
      this.kem = kem;
      this.signatures = signatures;
    }
  }

  @Setup
  public void setUp() throws Exception {
    random.nextBytes(seed);
    random.nextBytes(encapsulationSeed);
    random.nextBytes(message);
    master = EcdsaP256.best().generateKeyPair(random);
    signature = EcdsaP256.best().sign(master.getPrivate(), message);
    WarmUp.run(this::primitives);
  }

  @Benchmark
  public int primitives() throws SmallOrderException {
    X25519.KeyPair client = crypto.x25519().generate(random);
    X25519.KeyPair server = crypto.x25519().generate(random);
    int seen = 0;
    for (int i = 0; i < sum.agreements; i += 2) {
      seen += crypto.x25519().agree(client.privateKey(), server.publicKey())[0];
      seen += crypto.x25519().agree(server.privateKey(), client.publicKey())[0];
    }
    if (sum.kem) {
      MlKem768.KemKeyPair pair = crypto.mlKem768().generate(seed);
      MlKem768.Encapsulation sent =
          crypto.mlKem768().encapsulate(pair.encapsulationKey(), encapsulationSeed);
      seen += crypto.mlKem768().decapsulate(pair, sent.ciphertext())[0];
    }
    for (int i = 0; i < sum.signatures; i++) {
      seen += EcdsaP256.best().verify(master.getPublic(), message, signature) ? 1 : 0;
    }
    return seen;
  }
}
