package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Makes keys, keeps them wrapped in the database and opens them again. */
final class SigningKeys {
  private final JdbcTemplate jdbc;
  private final KeyCustody custody;
  private final EcdsaP256 ecdsa;
  private final SecureRandom random;

  SigningKeys(JdbcTemplate jdbc, KeyCustody custody, EcdsaP256 ecdsa, SecureRandom random) {
    this.jdbc = jdbc;
    this.custody = custody;
    this.ecdsa = ecdsa;
    this.random = random;
  }

  /** {@return a new key, kept} */
  SigningKey create(KeyPurpose purpose) {
    KeyPair pair = ecdsa.generateKeyPair(random);
    UUID id = new UUID(random.nextLong(), random.nextLong());
    Bytes spki = Bytes.copyOf(pair.getPublic().getEncoded());
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    try (SecretBytes secret = SecretBytes.adopt(pkcs8)) {
      jdbc.update(
          "insert into signing_key (key_id, purpose, spki, wrapped_private) values (?, ?, ?, ?)",
          id,
          purpose.column(),
          spki.toByteArray(),
          custody.seal(row(id), secret).toByteArray());
    }
    return new SigningKey(id, spki, pair.getPrivate());
  }

  /** {@return the keys of this purpose that sign, newest first} */
  List<SigningKey> active(KeyPurpose purpose) {
    return jdbc.query(
        """
        select key_id, spki, wrapped_private from signing_key
        where purpose = ? and retired_at is null order by created_at desc
        """,
        (row, number) ->
            open(
                row.getObject("key_id", UUID.class),
                Bytes.copyOf(row.getBytes("spki")),
                Bytes.copyOf(row.getBytes("wrapped_private"))),
        purpose.column());
  }

  private SigningKey open(UUID id, Bytes spki, Bytes wrapped) {
    try (SecretBytes secret = custody.open(row(id), wrapped)) {
      byte[] pkcs8 = secret.exposeCopy();
      try {
        return new SigningKey(id, spki, ecdsa.decodePrivateKey(pkcs8));
      } finally {
        Arrays.fill(pkcs8, (byte) 0);
      }
    }
  }

  private static RowIdentity row(UUID id) {
    return new RowIdentity("signing_key", "wrapped_private", id.toString());
  }
}
