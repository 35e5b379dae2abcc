package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.jspecify.annotations.Nullable;

/** A key that signs JWT-SVIDs with ES256. Immutable and thread-safe. */
public final class JwtAuthority {
  private static final int COORDINATE_BYTES = 32;
  private static final int KEY_ID_BYTES = 16;

  private final UUID id;
  private final @Nullable AuthoritySlot slot;
  private final AuthorityLife life;
  private final Instant notAfter;
  private final SigningKey key;

  JwtAuthority(
      UUID id, @Nullable AuthoritySlot slot, AuthorityLife life, Instant notAfter, SigningKey key) {
    this.id = id;
    this.slot = slot;
    this.life = life;
    this.notAfter = notAfter;
    this.key = key;
  }

  public UUID id() {
    return id;
  }

  public Optional<AuthoritySlot> slot() {
    return Optional.ofNullable(slot);
  }

  public AuthorityLife life() {
    return life;
  }

  /** {@return after which no token of it may be valid} */
  public Instant notAfter() {
    return notAfter;
  }

  public Bytes spki() {
    return key.spki();
  }

  /** {@return the {@code kid}: it follows from the key, so two keys never share one} */
  public String keyId() {
    return Sha256.of(key.spki()).toHex().substring(0, 2 * KEY_ID_BYTES);
  }

  /** {@return the signature in the form of JWS (RFC 7518 section 3.4): R and S, 32 bytes each} */
  public Bytes sign(Bytes input) {
    byte[] raw = new byte[2 * COORDINATE_BYTES];
    try {
      ASN1Sequence signature =
          ASN1Sequence.getInstance(ASN1Primitive.fromByteArray(key.sign(input.toByteArray())));
      for (int i = 0; i < 2; i++) {
        BigInteger number = ASN1Integer.getInstance(signature.getObjectAt(i)).getPositiveValue();
        byte[] bytes = number.toByteArray();
        int from = Math.max(0, bytes.length - COORDINATE_BYTES);
        int length = bytes.length - from;
        System.arraycopy(
            Arrays.copyOfRange(bytes, from, bytes.length),
            0,
            raw,
            (i + 1) * COORDINATE_BYTES - length,
            length);
      }
      return Bytes.copyOf(raw);
    } catch (IOException e) {
      throw new UncheckedIOException("signature of key " + id, e);
    }
  }

  @Override
  public String toString() {
    return "JwtAuthority[%s %s, key redacted]".formatted(id, life);
  }
}
