package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.offline.OfflineSigner;
import dev.alts.cli.offline.RootKeyFile;
import dev.alts.cli.output.JsonText;
import dev.alts.identity.Bytes;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.IssuingAuthority;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A root whose private key is not with the CA: what goes to it and what comes back. */
@Command(
    name = "offline-root",
    description = {
      "Run the CA without its root's private key.",
      "new-key and sign need no CA and no network; the key stays in the file."
    },
    footer = {
      "",
      "In this order: new-key (on a machine that stays offline), authority root prepare",
      "--public-key, export, sign (offline), import, authority root activate. Later: export, sign,",
      "import, before the last document ends."
    })
public final class OfflineCommand {
  private static final int PER_REQUEST = 100;

  private final Session session;

  public OfflineCommand(Session session) {
    this.session = session;
  }

  @Command(name = "new-key", description = "Make a root's key. Needs no CA.")
  int newKey(
      @Option(
              names = "--out",
              required = true,
              paramLabel = "FILE",
              description = "For the private key; must not exist.")
          Path out) {
    try {
      RootKeyFile key = RootKeyFile.create(out, session.context().random());
      JsonObject answer = new JsonObject();
      answer.addProperty("publicKey", base64(key.spki()));
      answer.addProperty("fingerprint", RootFingerprint.of(key.spki()).toString());
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Private key in %s. Public key, for altsctl authority root prepare --public-key:"
                      .formatted(out),
                  base64(key.spki())));
      return 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Command(
      name = "export",
      description = {
        "Write trust documents for the root to sign: for the time to come, in every state of the",
        "next rotation of all authorities, whose keys are made now."
      })
  int export(
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "For them.")
          Path out,
      @Option(
              names = "--each-hours",
              paramLabel = "N",
              defaultValue = "720",
              description = "Life of a document; its successor begins at half (${DEFAULT-VALUE}).")
          int each,
      @Option(
              names = "--hours",
              paramLabel = "N",
              defaultValue = "4320",
              description = "How far they reach (${DEFAULT-VALUE}).")
          int hours,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("eachHours", each);
    body.addProperty("untilHours", hours);
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/roots/export", body);
      Files.writeString(out, answer.toString());
      session
          .printer()
          .one(
              answer,
              List.of(
                  "%d documents for root %s in %s: altsctl offline-root sign, where its key is."
                      .formatted(
                          answer.getAsJsonArray("documents").size(),
                          JsonText.of(answer.get("root")),
                          out)));
      return 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Command(
      name = "sign",
      description = {
        "Sign what export wrote. Needs no CA.",
        "Shows what each document says; nothing that is no trust document of this root is signed."
      })
  int sign(
      @Option(names = "--key", required = true, paramLabel = "FILE", description = "Of new-key.")
          Path key,
      @Option(names = "--in", required = true, paramLabel = "FILE", description = "Of export.")
          Path in,
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "For import.")
          Path out) {
    try {
      OfflineSigner signer = new OfflineSigner(RootKeyFile.read(key));
      JsonArray signed = new JsonArray();
      List<String> lines = new ArrayList<>();
      for (JsonElement body : read(in).getAsJsonArray("documents")) {
        OfflineSigner.Signed document =
            signer.sign(Bytes.copyOf(Base64.getDecoder().decode(body.getAsString())));
        signed.add(Base64.getEncoder().encodeToString(document.document().toByteArray()));
        lines.add(describe(document.says()));
      }
      JsonObject answer = new JsonObject();
      answer.add("documents", signed);
      Files.writeString(out, answer.toString());
      session.printer().one(answer, lines);
      return 0;
    } catch (IOException e) {
      throw failed(e);
    } catch (InvalidDocumentException | IllegalArgumentException e) {
      throw CommandFailedException.failed(
          "not signed: " + e.getMessage(), "nothing was written; export again", e);
    }
  }

  @Command(name = "import", description = "Give the CA what was signed. It verifies each document.")
  int importSigned(
      @Option(names = "--in", required = true, paramLabel = "FILE", description = "Of sign.")
          Path in,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    try (CaClient ca = session.ca()) {
      List<JsonElement> documents = read(in).getAsJsonArray("documents").asList();
      JsonObject answer = new JsonObject();
      for (int from = 0; from < documents.size(); from += PER_REQUEST) {
        JsonArray part = new JsonArray();
        documents.subList(from, Math.min(documents.size(), from + PER_REQUEST)).forEach(part::add);
        JsonObject body = new JsonObject();
        body.add("documents", part);
        body.addProperty("reason", reason);
        answer = ca.post("/v1/roots/import", body);
      }
      session
          .printer()
          .one(
              answer,
              List.of(
                  "%d documents, the last ends at %s."
                      .formatted(documents.size(), JsonText.of(answer.get("until")))));
      return 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static final String REASON = "Why, for the audit log.";

  private static JsonObject read(Path file) throws IOException {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException(file + ": not a file that altsctl wrote", e);
    }
  }

  private static String describe(TrustDocument document) {
    return "%d: %s to %s: %s"
        .formatted(
            document.sequence(),
            document.issuedAt(),
            document.nextUpdate(),
            document.authorities().stream()
                .map(OfflineCommand::describe)
                .collect(Collectors.joining(", ")));
  }

  private static String describe(IssuingAuthority authority) {
    return "%s %s %s"
        .formatted(
            authority.constraint().kinds(),
            authority.certificate().spkiSha256().toHex().substring(0, 16),
            authority.state());
  }

  private static String base64(Bytes value) {
    return Base64.getEncoder().encodeToString(value.toByteArray());
  }

  private static CommandFailedException failed(IOException e) {
    return CommandFailedException.failed(String.valueOf(e.getMessage()), null, e);
  }
}
