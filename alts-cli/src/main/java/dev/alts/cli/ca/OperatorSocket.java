package dev.alts.cli.ca;

import dev.alts.api.operator.v1.Backup;
import dev.alts.api.operator.v1.OneTimeSecret;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.operator.v1.OperatorResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The CA's local socket for its operator: the way in before there is an admin. The CA asks the
 * kernel who is calling, so nothing here proves anything.
 */
public final class OperatorSocket {
  private final Path path;

  public OperatorSocket(Path path) {
    this.path = path;
  }

  /** {@return the one-time secret that the CA gave for {@code request}} */
  public OneTimeSecret ask(OperatorRequest request) {
    OperatorResponse response = exchange(request);
    return switch (response.getResponseCase()) {
      case SECRET -> response.getSecret();
      case ERROR -> throw CommandFailedException.refused(response.getError(), null);
      case BACKUP, RESPONSE_NOT_SET ->
          throw CommandFailedException.refused(
              "the CA answered nothing that this altsctl understands",
              "use the altsctl of the CA's own version");
    };
  }

  /**
   * Has the CA write a backup into {@code file}, which exists only once it is complete.
   *
   * @return its size in bytes
   */
  public long backup(Path file) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      OperatorRequest.newBuilder()
          .setBackup(Backup.getDefaultInstance())
          .build()
          .writeDelimitedTo(Channels.newOutputStream(channel));
      InputStream in = Channels.newInputStream(channel);
      OperatorResponse response = OperatorResponse.parseDelimitedFrom(in);
      if (response == null || !response.hasBackup()) {
        throw CommandFailedException.refused(
            response == null || response.getError().isEmpty()
                ? "the CA answered nothing that this altsctl understands"
                : response.getError(),
            null);
      }
      return keep(in, file);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /** From here on the CA has answered: what fails is the backup or our own disk. */
  private static long keep(InputStream in, Path file) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      long size = BackupFile.receive(in, unfinished);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      return size;
    } catch (BackupFile.Incomplete e) {
      throw CommandFailedException.refused(
          "the backup came incomplete: %s".formatted(e.getMessage()),
          "the reason is in the CA's log; nothing was kept");
    } catch (IOException e) {
      throw CommandFailedException.failed(
          "the backup cannot be written to %s: %s".formatted(file, e),
          "name a file in a directory that you may write to, with room enough",
          e);
    }
  }

  private OperatorResponse exchange(OperatorRequest request) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      request.writeDelimitedTo(Channels.newOutputStream(channel));
      OperatorResponse response =
          OperatorResponse.parseDelimitedFrom(Channels.newInputStream(channel));
      if (response == null) {
        throw new IOException("closed without an answer");
      }
      return response;
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private CommandFailedException unreachable(IOException e) {
    return CommandFailedException.unreachable(
        "no CA answers at its operator socket %s: %s".formatted(path, e.getMessage()),
        "run this on the CA's machine as the user that the CA runs as,"
            + " or name the socket with --operator-socket",
        e);
  }
}
