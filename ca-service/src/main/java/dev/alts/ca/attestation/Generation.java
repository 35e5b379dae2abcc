package dev.alts.ca.attestation;

/**
 * A place in the line of certificates of one attestation.
 *
 * @param parent generation of the certificate that asked for this one; 0: there is none before it
 */
public record Generation(int number, int parent) {
  /** What an attestation gives. */
  public static final Generation FIRST = new Generation(1, 0);
}
