package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.alts.agent.attestation.OwnProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("abuse-24")
class SocketFileTest {
  @TempDir Path directory;
  private Path socket;

  @BeforeEach
  void name() {
    socket = directory.resolve("agent.sock");
  }

  @Test
  void directoryThatOthersMayWriteIsRefused() throws Exception {
    for (String mode : new String[] {"rwxrwxrwx", "rwxrwxr-x", "rwx----w-"}) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> SocketFile.claim(socket))
          .as(mode)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("only the agent's user may write");
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    SocketFile.claim(socket).close();
  }

  @Test
  void parentThatOthersMayWriteIsRefused() throws Exception {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> SocketFile.claim(inner.resolve("agent.sock")))
        .hasMessageContaining("only the agent's user may write");
  }

  @Test
  void socketOfADeadAgentIsReplaced() throws Exception {
    bindAndLeave();
    assertThat(socket).exists();

    try (SocketFile claimed = SocketFile.claim(socket)) {
      assertThat(claimed.path()).doesNotExist();
    }
  }

  @Test
  void liveSocketIsRefusedAndLeftAlone() throws Exception {
    try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      live.bind(UnixDomainSocketAddress.of(socket));

      assertThatThrownBy(() -> SocketFile.claim(socket))
          .hasMessageContaining("another agent serves it");
      assertThat(socket).exists();
    }
  }

  @Test
  void fileThatIsNoSocketIsRefusedAndLeftAlone() throws Exception {
    Files.writeString(socket, "precious");

    assertThatThrownBy(() -> SocketFile.claim(socket)).hasMessageContaining("something else");
    assertThat(socket).hasContent("precious");
  }

  @Test
  void symbolicLinkIsNotFollowed() throws Exception {
    bindAndLeave();
    Path real = Files.move(socket, directory.resolve("real.sock"));
    Files.createSymbolicLink(socket, real);

    assertThatThrownBy(() -> SocketFile.claim(socket)).hasMessageContaining("something else");
    assertThat(real).exists();
  }

  @Test
  void linkOfAnotherUserOnTheWayIsRefused() throws Exception {
    assumeThat(OwnProcess.uid()).as("only root can give a link away").isZero();
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Path safe = Files.createDirectory(directory.resolve("safe"));
    Path link = Files.createSymbolicLink(shared.resolve("alts"), safe);
    SocketFile.claim(link.resolve("agent.sock")).close();

    Files.setAttribute(link, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);

    assertThatThrownBy(() -> SocketFile.claim(link.resolve("agent.sock")))
        .hasMessageContaining("only the agent's user may write");
  }

  @Test
  void pathThatTheKernelWouldCutIsRefused() {
    Path tooLong = directory.resolve("x".repeat(110));

    assertThatThrownBy(() -> SocketFile.claim(tooLong)).hasMessageContaining("too long");
  }

  private void bindAndLeave() throws IOException {
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
  }
}
