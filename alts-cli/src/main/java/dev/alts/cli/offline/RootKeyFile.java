package dev.alts.cli.offline;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * The private key of a root, as PKCS#8 in base64 on the first line of a file that only its owner
 * reads, and its public key on the second.
 */
public final class RootKeyFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final PrivateKey key;
  private final Bytes spki;

  private RootKeyFile(PrivateKey key, Bytes spki) {
    this.key = key;
    this.spki = spki;
  }

  /** {@return a new key, in a new file} */
  public static RootKeyFile create(Path file, SecureRandom random) throws IOException {
    KeyPair pair = EcdsaP256.best().generateKeyPair(random);
    byte[] spki = pair.getPublic().getEncoded();
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.writeString(
        file,
        Base64.getEncoder().encodeToString(pkcs8)
            + "\n"
            + Base64.getEncoder().encodeToString(spki)
            + "\n",
        StandardOpenOption.WRITE);
    Arrays.fill(pkcs8, (byte) 0);
    return new RootKeyFile(pair.getPrivate(), Bytes.copyOf(spki));
  }

  /**
   * {@return the key in {@code file}}
   *
   * @throws IOException with a sentence for the user if it is none or others may read it
   */
  public static RootKeyFile read(Path file) throws IOException {
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + ": others may read it (expected: mode 600)");
    }
    try {
      String[] lines = Files.readString(file).split("\n", 0);
      if (lines.length != 2) {
        throw new IOException(file + ": not a file that altsctl offline-root new-key made");
      }
      byte[] pkcs8 = Base64.getDecoder().decode(lines[0]);
      try {
        return new RootKeyFile(
            EcdsaP256.best().decodePrivateKey(pkcs8),
            Bytes.copyOf(Base64.getDecoder().decode(lines[1])));
      } finally {
        Arrays.fill(pkcs8, (byte) 0);
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": not a file that altsctl offline-root new-key made", e);
    }
  }

  PrivateKey key() {
    return key;
  }

  /** {@return SubjectPublicKeyInfo, DER} */
  public Bytes spki() {
    return spki;
  }

  @Override
  public String toString() {
    return "RootKeyFile[redacted]";
  }
}
