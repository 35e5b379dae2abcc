package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.x509.AuthorityCertificate;
import java.security.PublicKey;
import java.util.UUID;

/**
 * An issuing authority with its private key. Only {@code issuance.Issuer} may sign certificates
 * with it and only {@code crl.CrlSigner} lists, which an architecture test checks. Immutable and
 * thread-safe.
 */
public final class SigningAuthority {
  private final UUID id;
  private final EntityKind kind;
  private final AuthorityCertificate certificate;
  private final AuthorityConstraint constraint;
  private final SigningKey key;
  private final EcdsaP256 ecdsa;
  private final PublicKey publicKey;

  SigningAuthority(AuthorityRow row, SigningKey key, EcdsaP256 ecdsa) {
    this.id = row.id();
    this.kind = row.kind();
    this.certificate = row.certificate();
    this.constraint = row.constraint();
    this.key = key;
    this.ecdsa = ecdsa;
    this.publicKey = ecdsa.decodePublicKey(key.spki());
  }

  public UUID id() {
    return id;
  }

  public EntityKind kind() {
    return kind;
  }

  public AuthorityCertificate certificate() {
    return certificate;
  }

  public AuthorityConstraint constraint() {
    return constraint;
  }

  /** {@return the DER signature over {@code tbs}} */
  public Bytes sign(Bytes tbs) {
    return Bytes.copyOf(key.sign(tbs.toByteArray()));
  }

  /**
   * {@return the DER signature over the signed part of a list of RFC 5280}
   *
   * @throws IllegalArgumentException if it is anything else: a certificate begins with its version,
   *     explicitly tagged, a list of version 2 with a plain integer (RFC 5280 4.1 and 5.1)
   */
  public Bytes signCrl(Bytes tbs) {
    byte[] der = tbs.toByteArray();
    int content = der.length < 2 || der[1] >= 0 ? 2 : 2 + (der[1] & 0x7f);
    if (der.length < content + 3
        || der[0] != DerElements.SEQUENCE
        || der[content] != DerElements.INTEGER
        || der[content + 1] != 1
        || der[content + 2] != 1) {
      throw new IllegalArgumentException("what is to be signed is no list of version 2");
    }
    return Bytes.copyOf(key.sign(der));
  }

  public boolean verifies(Bytes tbs, Bytes signature) {
    return ecdsa.verify(publicKey, tbs.toByteArray(), signature.toByteArray());
  }

  @Override
  public String toString() {
    return "SigningAuthority[%s %s, key redacted]".formatted(kind, id);
  }
}
