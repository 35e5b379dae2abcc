package dev.alts.demo.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An agent, running: it has attested its machine and answers on its socket. */
public record Agent(Child process, Path socket) {
  private static final Duration START = Duration.ofMinutes(1);

  /** Starts an agent that joins with {@code token}; only the agent's file holds the token. */
  public static Agent start(Stage stage, String name, CertificateAuthority ca, String token)
      throws InterruptedException {
    Path tokenFile = stage.privateDirectory(name + "-token").resolve("join-token");
    try {
      Files.createFile(
          tokenFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(tokenFile, token);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return start(stage, name, ca, List.of("--join-token-file", tokenFile.toString()));
  }

  /** Starts the agent again, with what it kept, after its process has ended. */
  public static Agent startAgain(Stage stage, String name, CertificateAuthority ca)
      throws InterruptedException {
    return start(stage, name, ca, List.of());
  }

  private static Agent start(Stage stage, String name, CertificateAuthority ca, List<String> more)
      throws InterruptedException {
    Path socket = stage.path(name + ".sock");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--ca",
                ca.machineAddress(),
                "--data-dir",
                stage.privateDirectory(name).toString(),
                "--socket",
                socket.toString()));
    arguments.addAll(more);
    Child process = stage.startServer(name, stage.programs().agent(), arguments);
    Path answering =
        Awaited.from(
            process,
            "listened on " + socket,
            START,
            () -> answers(socket) ? Optional.of(socket) : Optional.empty());
    return new Agent(process, answering);
  }

  private static boolean answers(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      // not there yet, or left behind by an agent that has ended
      return false;
    }
  }
}
