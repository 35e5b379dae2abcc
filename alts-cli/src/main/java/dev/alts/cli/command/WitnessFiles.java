package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.output.JsonText;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.AuditCheckpoint;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of the audit log that were kept outside the CA, verified here, by the root that this
 * login is pinned to: the CA is not asked whether they are good.
 */
final class WitnessFiles {
  private final TrustDocument trust;
  private final JsonArray documents = new JsonArray();
  private final JsonArray findings = new JsonArray();
  private int count;

  WitnessFiles(TrustDocument trust) {
    this.trust = trust;
  }

  /** {@return what the CA compares with its log} */
  JsonArray documents() {
    return documents;
  }

  /** {@return what is wrong with the files themselves} */
  JsonArray findings() {
    return findings;
  }

  int count() {
    return count;
  }

  /** Reads the file of one checkpoint. */
  void checkpoint(Path file) {
    try {
      add(file.toString(), SignedDocument.parseFrom(Files.readAllBytes(file)));
    } catch (InvalidProtocolBufferException e) {
      report(file.toString(), "is not a checkpoint");
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a file of many. Each names the one before by its hash, so the latest stands for all, if
   * none is missing between.
   */
  void sink(Path file) {
    Run run = new Run();
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      lines.filter(line -> !line.isBlank()).forEach(line -> run.next(file, line));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    if (run.lastSigned != null) {
      add(file.toString(), run.lastSigned);
    }
  }

  private final class Run {
    private @Nullable SignedDocument lastSigned;
    private long last;

    void next(Path file, String line) {
      try {
        JsonObject object = JsonParser.parseString(line).getAsJsonObject();
        SignedDocument signed =
            SignedDocument.parseFrom(
                Base64.getDecoder().decode(JsonText.of(object.get("document"))));
        AuditCheckpoint checkpoint = open(signed);
        String where = "%s, checkpoint %d".formatted(file, checkpoint.number());
        if (lastSigned != null && checkpoint.number() > last + 1) {
          report(where, "%d before it are missing".formatted(checkpoint.number() - last - 1));
        } else if (lastSigned != null
            && (checkpoint.number() <= last
                || !checkpoint.previousSha256().equals(AuditCheckpoint.sha256(lastSigned)))) {
          report(where, "does not follow the one before: the log has two histories");
        }
        lastSigned = signed;
        last = checkpoint.number();
      } catch (JsonParseException
          | IllegalStateException
          | IllegalArgumentException
          | InvalidProtocolBufferException
          | InvalidDocumentException e) {
        report(file.toString(), "has a line that is no checkpoint of this CA: " + e.getMessage());
      }
    }
  }

  private void add(String where, SignedDocument signed) {
    try {
      var _ = open(signed);
    } catch (InvalidDocumentException e) {
      report(where, String.valueOf(e.getMessage()));
      return;
    }
    count++;
    documents.add(Base64.getEncoder().encodeToString(signed.toByteArray()));
  }

  /**
   * One that a former audit key signed cannot be verified by the trust document of today: the next
   * one in the file vouches for it by its hash, or the CA compares it with what it has.
   */
  private AuditCheckpoint open(SignedDocument signed) throws InvalidDocumentException {
    Bytes key = Bytes.copyOf(signed.getKeySpkiSha256().asReadOnlyByteBuffer());
    boolean ofToday = trust.auditKeys().stream().anyMatch(spki -> Sha256.of(spki).equals(key));
    return ofToday ? AuditCheckpoint.open(signed, trust) : AuditCheckpoint.readUnverified(signed);
  }

  private void report(String where, String explanation) {
    JsonObject finding = new JsonObject();
    finding.addProperty("what", "WITNESS");
    finding.addProperty("where", where);
    finding.addProperty("explanation", explanation);
    findings.add(finding);
  }

  private static CommandFailedException unreadable(Path file, IOException e) {
    return CommandFailedException.usage("cannot read " + file + ": " + e.getMessage(), null);
  }
}
