package dev.alts.ca.issuance;

import java.math.BigInteger;
import java.security.SecureRandom;

/**
 * Serial numbers: 64 bits that no one else uses, then 64 random bits, so unique by construction and
 * not to be guessed. Thread-safe.
 */
final class SerialNumbers {
  private final NumberBlocks blocks;
  private final SecureRandom random;

  SerialNumbers(NumberBlocks blocks, SecureRandom random) {
    this.blocks = blocks;
    this.random = random;
  }

  /** {@return a positive number of 65 to 127 bits} */
  BigInteger next() {
    return BigInteger.valueOf(blocks.next()).shiftLeft(64).or(new BigInteger(64, random));
  }
}
