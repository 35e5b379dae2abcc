package dev.alts.cli.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alts.api.operator.v1.BackupFollows;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.operator.v1.OperatorResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OperatorSocketTest {
  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir private Path directory;

  @Test
  void backupThatCannotBeWrittenHereIsNotBlamedOnTheCa() throws Exception {
    Path file = directory.resolve("not-mounted/backup");

    CommandFailedException failure = backup(file, true);

    assertThat(failure).hasMessageContaining("cannot be written to " + file);
    assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void backupWithoutItsEndIsNotKept() throws Exception {
    CommandFailedException failure = backup(directory.resolve("backup"), false);

    assertThat(failure).hasMessageContaining("came incomplete");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("socket"));
    }
  }

  private CommandFailedException backup(Path file, boolean whole) throws Exception {
    Path path = directory.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(server, whole));
      CommandFailedException failure =
          catchThrowableOfType(
              CommandFailedException.class, () -> new OperatorSocket(path).backup(file));
      answered.join();
      return failure;
    }
  }

  private static void answer(ServerSocketChannel server, boolean whole) {
    try (SocketChannel channel = server.accept();
        OutputStream out = Channels.newOutputStream(channel)) {
      OperatorRequest.parseDelimitedFrom(Channels.newInputStream(channel));
      OperatorResponse.newBuilder()
          .setBackup(BackupFollows.getDefaultInstance())
          .build()
          .writeDelimitedTo(out);
      out.write(CONTENT);
      if (whole) {
        out.write(MessageDigest.getInstance("SHA-256").digest(CONTENT));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
