package dev.alts.handshake;

import java.util.Arrays;

/**
 * Results of the key exchange, in the order in which they enter the chain of secrets (handshake.md
 * section 3). Where a handshake has no result to enter, zeros do. Does not print secrets; the chain
 * wipes each as it takes it.
 */
final class Exchange {
  private static final int BYTES = 32;

  private final byte[] ephemeral;
  private final byte[] clientStatic;
  private final byte[] serverStatic;

  /** Takes ownership of all three. */
  Exchange(byte[] ephemeral, byte[] clientStatic, byte[] serverStatic) {
    this.ephemeral = ephemeral;
    this.clientStatic = clientStatic;
    this.serverStatic = serverStatic;
  }

  /** {@return nothing to enter: resumed handshakes have no static results, symmetric ones none} */
  static byte[] nothing() {
    return new byte[BYTES];
  }

  /** {@return both shared secrets of the hybrid suite in one; they are wiped} */
  static byte[] hybrid(byte[] kemSecret, byte[] dh) {
    byte[] both = Arrays.copyOf(kemSecret, kemSecret.length + dh.length);
    System.arraycopy(dh, 0, both, kemSecret.length, dh.length);
    Arrays.fill(kemSecret, (byte) 0);
    Arrays.fill(dh, (byte) 0);
    return both;
  }

  /** For s1. */
  byte[] ephemeral() {
    return ephemeral;
  }

  /** For s2: DH(Sc, Es). */
  byte[] clientStatic() {
    return clientStatic;
  }

  /** For s3: DH(Ec, Ss). */
  byte[] serverStatic() {
    return serverStatic;
  }

  @Override
  public String toString() {
    return "Exchange[redacted]";
  }
}
