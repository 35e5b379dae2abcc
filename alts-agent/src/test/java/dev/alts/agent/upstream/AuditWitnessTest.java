package dev.alts.agent.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.SignedDocuments;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("abuse-43")
class AuditWitnessTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", NOW);
  @TempDir private Path directory;
  private MachineStore store;
  private TrustDocument trust;

  @BeforeEach
  void open() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    store = MachineStore.in(directory);
    trust =
        TrustDocument.open(
            domain.trustDocument(), new RootFingerprint(Bytes.copyOf(domain.rootSha256())));
  }

  @Test
  void newestIsKeptOverARestart() throws Exception {
    SignedDocument first = checkpoint(1, Bytes.empty(), 1, domain.auditKey());
    SignedDocument second = checkpoint(2, AuditCheckpoint.sha256(first), 2, domain.auditKey());

    new AuditWitness(store).take(first, trust);
    new AuditWitness(store).take(second, trust);

    assertThat(MachineStore.in(directory).loadCheckpoint()).contains(second);
  }

  @Test
  void logThatWasCutBackIsNoticedAndChangesNothing() throws Exception {
    SignedDocument second = checkpoint(2, hash(9), 2, domain.auditKey());
    new AuditWitness(store).take(second, trust);

    assertThatThrownBy(() ->
            new AuditWitness(store).take(checkpoint(1, Bytes.empty(), 1, domain.auditKey()), trust))
        .isInstanceOf(InvalidDocumentException.class)
        .hasMessageContaining("cut back");

    assertThat(store.loadCheckpoint()).contains(second);
  }

  @Test
  void secondHistoryIsNoticed() throws Exception {
    SignedDocument second = checkpoint(2, hash(9), 2, domain.auditKey());
    new AuditWitness(store).take(second, trust);

    for (SignedDocument other :
        new SignedDocument[] {
          checkpoint(2, hash(9), 3, domain.auditKey()), checkpoint(3, hash(9), 3, domain.auditKey())
        }) {
      assertThatThrownBy(() -> new AuditWitness(store).take(other, trust))
          .isInstanceOf(InvalidDocumentException.class)
          .hasMessageContaining("two histories");
    }
    new AuditWitness(store).take(second, trust);
    assertThat(store.loadCheckpoint()).contains(second);
  }

  @Test
  void checkpointThatIsKeptStaysAWitnessWhenTheKeyThatSignedItIsRetired() throws Exception {
    SignedDocument kept = checkpoint(2, hash(9), 2, TestKeys.p256());
    store.saveCheckpoint(kept);

    assertThatThrownBy(
            () -> new AuditWitness(store).take(checkpoint(3, hash(9), 3, domain.auditKey()), trust))
        .hasMessageContaining("two histories");
    SignedDocument next = checkpoint(3, AuditCheckpoint.sha256(kept), 3, domain.auditKey());
    new AuditWitness(store).take(next, trust);

    assertThat(store.loadCheckpoint()).contains(next);
  }

  @Test
  void nobodyElseSignsCheckpoints() throws Exception {
    assertThatThrownBy(() ->
            new AuditWitness(store).take(checkpoint(1, Bytes.empty(), 1, TestKeys.p256()), trust))
        .isInstanceOf(InvalidDocumentException.class);
    assertThat(store.loadCheckpoint()).isEmpty();
  }

  private static SignedDocument checkpoint(long number, Bytes previous, int heads, KeyPair key) {
    return SignedDocuments.sign(
        DocumentType.AUDIT_CHECKPOINT,
        new AuditCheckpoint(
                new TrustDomain("demo.alts"), number, NOW, previous, hash(heads), 2, number)
            .toWire()
            .toByteArray(),
        key.getPrivate(),
        Bytes.copyOf(key.getPublic().getEncoded()));
  }

  private static Bytes hash(int value) {
    byte[] hash = new byte[32];
    hash[0] = (byte) value;
    return Bytes.copyOf(hash);
  }
}
