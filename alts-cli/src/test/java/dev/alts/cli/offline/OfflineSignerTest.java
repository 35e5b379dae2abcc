package dev.alts.cli.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.TestTrustDomain;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfflineSignerTest {
  private final TestTrustDomain domain =
      TestTrustDomain.of("example.org", Instant.parse("2026-11-24T12:00:00Z"));
  @TempDir private Path directory;

  @Test
  void keyIsKeptWhereOnlyItsOwnerReadsAndNeverOverwritten() throws Exception {
    Path file = directory.resolve("root.key");
    RootKeyFile made = RootKeyFile.create(file, new SecureRandom());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(RootKeyFile.read(file).spki()).isEqualTo(made.spki());
    assertThat(made.toString()).isEqualTo("RootKeyFile[redacted]");
    assertThatThrownBy(() -> RootKeyFile.create(file, new SecureRandom()))
        .isInstanceOf(FileAlreadyExistsException.class);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> RootKeyFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mode 600");
  }

  @Test
  void trustDocumentsOfThisRootAreSignedAndNothingElse() throws Exception {
    RootKeyFile key = RootKeyFile.create(directory.resolve("root.key"), new SecureRandom());
    OfflineSigner signer = new OfflineSigner(key);
    Bytes own = body(key.spki());
    Bytes ofAnother = Bytes.copyOf(domain.trustDocument().getBody().toByteArray());

    OfflineSigner.Signed signed = signer.sign(own);

    assertThat(TrustDocument.open(signed.document(), RootFingerprint.of(key.spki())))
        .isEqualTo(signed.says());
    assertThatThrownBy(() -> signer.sign(ofAnother)).isInstanceOf(InvalidDocumentException.class);
    assertThatThrownBy(() -> signer.sign(Bytes.copyOf(new byte[] {1, 2, 3})))
        .isInstanceOf(InvalidDocumentException.class);
  }

  /** A CA that was taken over must not get a root of its own by the next export. */
  @Test
  void documentThatGivesTheDomainToAnotherRootIsNotSigned() throws Exception {
    RootKeyFile key = RootKeyFile.create(directory.resolve("root.key"), new SecureRandom());
    RootKeyFile thief = RootKeyFile.create(directory.resolve("thief.key"), new SecureRandom());
    Bytes naming =
        Bytes.copyOf(
            dev.alts.wire.handshake.v1.TrustDocument.parseFrom(body(key.spki()).toByteArray())
                .toBuilder()
                .setSuccessorRootSpki(ByteString.copyFrom(thief.spki().asByteBuffer()))
                .build()
                .toByteArray());

    assertThatThrownBy(() -> new OfflineSigner(key).sign(naming))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("names another root");
  }

  private Bytes body(Bytes root) throws Exception {
    return Bytes.copyOf(
        dev.alts.wire.handshake.v1.TrustDocument.parseFrom(domain.trustDocument().getBody())
            .toBuilder()
            .setRootSpki(ByteString.copyFrom(root.asByteBuffer()))
            .build()
            .toByteArray());
  }
}
