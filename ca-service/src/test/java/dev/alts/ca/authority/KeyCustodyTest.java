package dev.alts.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCustodyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final RowIdentity ROW = new RowIdentity("signing_key", "wrapped_private", "1");

  private final KeyCustody custody = custody((byte) 1);

  @Test
  void sealedSecretOpensInItsRow() {
    SecretBytes secret = SecretBytes.copyOf(new byte[] {1, 2, 3});

    Bytes sealed = custody.seal(ROW, secret);

    assertThat(custody.open(ROW, sealed).equalsSecret(secret)).isTrue();
    assertThat(custody.seal(ROW, secret)).as("a new nonce every time").isNotEqualTo(sealed);
  }

  @Test
  void secretCopiedIntoAnotherRowOrColumnOrTableDoesNotOpen() {
    Bytes sealed = custody.seal(ROW, SecretBytes.copyOf(new byte[] {1, 2, 3}));

    for (RowIdentity other :
        new RowIdentity[] {
          new RowIdentity("signing_key", "wrapped_private", "2"),
          new RowIdentity("signing_key", "other", "1"),
          new RowIdentity("resumption_root", "wrapped_private", "1")
        }) {
      assertThatThrownBy(() -> custody.open(other, sealed)).isInstanceOf(WrappedKeyException.class);
    }
  }

  @Test
  void everyBitCounts() {
    byte[] sealed = custody.seal(ROW, SecretBytes.copyOf(new byte[] {1, 2, 3})).toByteArray();

    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> custody.open(ROW, Bytes.copyOf(flipped)))
          .isInstanceOf(WrappedKeyException.class);
    }
    assertThatThrownBy(() -> custody.open(ROW, Bytes.empty()))
        .isInstanceOf(WrappedKeyException.class);
  }

  @Test
  void otherKeyDoesNotOpen() {
    Bytes sealed = custody.seal(ROW, SecretBytes.copyOf(new byte[] {1, 2, 3}));

    assertThatThrownBy(() -> custody((byte) 2).open(ROW, sealed))
        .isInstanceOf(WrappedKeyException.class);
  }

  @Test
  void nothingSecretIsPrinted() {
    assertThat(custody).hasToString("DatabaseCustody[redacted]");
  }

  @Test
  void keyFileIsMadeOnceForItsOwnerAlone(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("kek/key");
    KeyEncryptionKeyFile keyFile = new KeyEncryptionKeyFile(file);

    SecretBytes made = keyFile.load(true, RANDOM);
    SecretBytes again = keyFile.load(false, RANDOM);

    assertThat(again.equalsSecret(made)).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void missingKeyFileIsNotReplacedWhereKeysAreWrappedUnderIt(@TempDir Path directory) {
    Path file = directory.resolve("key");

    assertThatThrownBy(() -> new KeyEncryptionKeyFile(file).load(false, RANDOM))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("Restore it from your backup");
    assertThat(file).doesNotExist();
  }

  @Test
  void keyFileThatOthersMayReadIsRefused(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("key");
    new KeyEncryptionKeyFile(file).load(true, RANDOM).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(() -> new KeyEncryptionKeyFile(file).load(false, RANDOM))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("chmod go= " + file);
  }

  @Test
  void damagedKeyFileIsRefused(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("key");
    new KeyEncryptionKeyFile(file).load(true, RANDOM).close();

    for (String damaged : new String[] {"", "xyz", "00".repeat(31), "00".repeat(33)}) {
      Files.writeString(file, damaged);
      assertThatThrownBy(() -> new KeyEncryptionKeyFile(file).load(false, RANDOM))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("64 hexadecimal digits");
    }
  }

  private static KeyCustody custody(byte fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, fill);
    return new DatabaseCustody(SecretBytes.adopt(key), RANDOM);
  }
}
