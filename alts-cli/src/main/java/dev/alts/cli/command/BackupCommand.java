package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.OperatorSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes everything out of a running CA's database. */
@Command(
    name = "backup",
    description = {
      "Write everything that the CA's database holds into FILE, on the CA's own machine.",
      "The CA goes on meanwhile. Private keys are in it as the database has them, wrapped;",
      "the key-encryption key is not: back it up apart, or nobody will ever open them.",
      "To restore: start a CA on an empty database with --alts.ca.restore.file=FILE."
    })
public final class BackupCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "FILE", description = "Must not exist; is made for its owner alone.")
  private Path file = Path.of("");

  @Option(names = "--operator-socket", paramLabel = "PATH", description = "The CA's socket.")
  private @Nullable Path socket;

  public BackupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (Files.exists(file)) {
      throw CommandFailedException.refused("%s exists".formatted(file), "name another file");
    }
    Path from = socket == null ? OperatorCommand.usualSocket() : socket;
    long size = new OperatorSocket(from).backup(file.toAbsolutePath());
    JsonObject answer = new JsonObject();
    answer.addProperty("file", file.toString());
    answer.addProperty("bytes", size);
    session
        .printer()
        .one(
            answer,
            List.of(
                "%s written, %d bytes.".formatted(file, size),
                "It opens only with the CA's key-encryption key. Is that backed up, elsewhere?"));
    return 0;
  }
}
