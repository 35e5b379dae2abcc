package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.security.PrivateKey;
import java.util.UUID;

/** A key of the trust domain, unwrapped. A final class and no record: it holds a private key. */
final class SigningKey {
  private final UUID id;
  private final Bytes spki;
  private final PrivateKey privateKey;

  SigningKey(UUID id, Bytes spki, PrivateKey privateKey) {
    this.id = id;
    this.spki = spki;
    this.privateKey = privateKey;
  }

  UUID id() {
    return id;
  }

  Bytes spki() {
    return spki;
  }

  PrivateKey privateKey() {
    return privateKey;
  }

  @Override
  public String toString() {
    return "SigningKey[" + id + ", redacted]";
  }
}
