package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;

/** Is told of every step that one certificate has taken. It must not block and cannot object. */
@FunctionalInterface
public interface IssuanceStepListener {
  /**
   * @param step done just now
   * @param bytes what there is by then: empty, the signed part, or from {@link IssuanceStep#SIGN}
   *     on the certificate
   */
  void took(IssuanceStep step, Bytes bytes);

  /** {@return one that does nothing} */
  static IssuanceStepListener none() {
    return (step, bytes) -> {};
  }
}
