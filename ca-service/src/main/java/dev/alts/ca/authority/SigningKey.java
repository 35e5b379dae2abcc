package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.util.UUID;

/** A key of the trust domain with which this replica can sign, wherever its private half is. */
final class SigningKey {
  private final UUID id;
  private final Bytes spki;
  private final KeyCustody.Signer signer;

  SigningKey(UUID id, Bytes spki, KeyCustody.Signer signer) {
    this.id = id;
    this.spki = spki;
    this.signer = signer;
  }

  UUID id() {
    return id;
  }

  Bytes spki() {
    return spki;
  }

  /** {@return the DER signature, ECDSA with SHA-256} */
  byte[] sign(byte[] message) {
    return signer.sign(message);
  }

  @Override
  public String toString() {
    return "SigningKey[" + id + ", redacted]";
  }
}
