package dev.alts.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.testing.TestDocuments;
import dev.alts.testing.TestKeys;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("abuse-43")
class WitnessFilesTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", NOW);
  private final KeyPair formerKey = TestKeys.p256();
  @TempDir private Path directory;
  private WitnessFiles witnesses;

  @BeforeEach
  void open() throws Exception {
    witnesses =
        new WitnessFiles(
            TrustDocument.open(
                domain.trustDocument(), new RootFingerprint(Bytes.copyOf(domain.rootSha256()))));
  }

  @Test
  void latestOfAnUnbrokenFileStandsForAll() throws Exception {
    List<SignedDocument> run = run(7, 12, domain.auditKey(), 100);

    witnesses.sink(sink(run));

    assertThat(explanations()).isEmpty();
    assertThat(sent()).containsExactly(run.getLast());
  }

  @Test
  void linesOfAFormerKeyCountWhereALaterLineNamesThem() throws Exception {
    List<SignedDocument> run = run(1, 3, formerKey, 100);
    run.addAll(run(4, 6, domain.auditKey(), AuditCheckpoint.sha256(run.getLast()), 100));

    witnesses.sink(sink(run));

    assertThat(explanations()).isEmpty();
    assertThat(sent()).containsExactly(run.getLast());
  }

  @Test
  void removedLinesAreFound() throws Exception {
    List<SignedDocument> run = run(1, 6, domain.auditKey(), 100);
    run.subList(2, 4).clear();

    witnesses.sink(sink(run));

    assertThat(explanations()).containsExactly("2 before it are missing");
  }

  @Test
  void replacedLineOfAnyKeyIsFound() throws Exception {
    for (KeyPair key : List.of(domain.auditKey(), formerKey)) {
      List<SignedDocument> run = run(1, 3, domain.auditKey(), 100);
      run.set(1, checkpoint(2, AuditCheckpoint.sha256(run.getFirst()), key, 99));

      open();
      witnesses.sink(sink(run));

      assertThat(explanations())
          .containsExactly("does not follow the one before: the log has two histories");
    }
  }

  @Test
  void lineThatWasAlteredOrIsNoneIsFound() throws Exception {
    SignedDocument good = checkpoint(2, hash(1), domain.auditKey(), 100);
    byte[] signature = good.getSignature().toByteArray();
    signature[signature.length - 1] ^= 1;
    SignedDocument altered = good.toBuilder().setSignature(ByteString.copyFrom(signature)).build();
    Path file = sink(List.of(altered));
    Files.writeString(file, Files.readString(file) + "torn {\n{}\n[]\n\n");

    witnesses.sink(file);

    assertThat(explanations())
        .hasSize(4)
        .allMatch(text -> text.startsWith("has a line that is no checkpoint of this CA"));
    assertThat(sent()).isEmpty();
  }

  @Test
  void agentsCheckpointIsVerifiedHereAndSent() throws Exception {
    SignedDocument good = checkpoint(2, hash(1), domain.auditKey(), 100);
    SignedDocument forged =
        good.toBuilder().setBody(checkpoint(2, hash(1), domain.auditKey(), 99).getBody()).build();

    witnesses.checkpoint(Files.write(directory.resolve("good"), good.toByteArray()));
    witnesses.checkpoint(Files.write(directory.resolve("forged"), forged.toByteArray()));
    witnesses.checkpoint(Files.writeString(directory.resolve("none"), "no checkpoint"));

    assertThat(sent()).containsExactly(good);
    assertThat(explanations()).hasSize(2).element(0).asString().contains("does not verify");
  }

  @Test
  void agentsCheckpointOfAFormerKeyIsLeftToTheComparison() throws Exception {
    SignedDocument old = checkpoint(2, hash(1), formerKey, 100);

    witnesses.checkpoint(Files.write(directory.resolve("old"), old.toByteArray()));

    assertThat(sent()).containsExactly(old);
    assertThat(explanations()).isEmpty();
  }

  private static List<SignedDocument> run(long from, long to, KeyPair key, long events) {
    return run(from, to, key, from == 1 ? Bytes.empty() : hash(1), events);
  }

  private static List<SignedDocument> run(
      long from, long to, KeyPair key, Bytes previous, long events) {
    List<SignedDocument> run = new ArrayList<>();
    Bytes before = previous;
    for (long number = from; number <= to; number++) {
      run.add(checkpoint(number, before, key, events));
      before = AuditCheckpoint.sha256(run.getLast());
    }
    return run;
  }

  private static SignedDocument checkpoint(long number, Bytes previous, KeyPair key, long events) {
    return TestDocuments.sign(
        TestDocuments.AUDIT_CHECKPOINT,
        new AuditCheckpoint(new TrustDomain("demo.alts"), number, NOW, previous, hash(2), 2, events)
            .toWire()
            .toByteArray(),
        key);
  }

  private Path sink(List<SignedDocument> run) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (SignedDocument signed : run) {
      lines
          .append("{\"document\":\"")
          .append(Base64.getEncoder().encodeToString(signed.toByteArray()))
          .append("\"}\n");
    }
    return Files.writeString(directory.resolve("checkpoints.jsonl"), lines);
  }

  private List<SignedDocument> sent() throws Exception {
    List<SignedDocument> sent = new ArrayList<>();
    for (JsonElement document : witnesses.documents()) {
      sent.add(SignedDocument.parseFrom(Base64.getDecoder().decode(document.getAsString())));
    }
    assertThat(witnesses.count()).isEqualTo(sent.size());
    return sent;
  }

  private List<String> explanations() {
    List<String> explanations = new ArrayList<>();
    for (JsonElement finding : witnesses.findings()) {
      explanations.add(finding.getAsJsonObject().get("explanation").getAsString());
    }
    return explanations;
  }

  private static Bytes hash(int value) {
    byte[] hash = new byte[32];
    hash[0] = (byte) value;
    return Bytes.copyOf(hash);
  }
}
