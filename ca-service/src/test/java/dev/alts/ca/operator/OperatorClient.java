package dev.alts.ca.operator;

import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.operator.v1.OperatorResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Asks a CA's operator socket. */
final class OperatorClient {
  private final Path socket;

  OperatorClient(Path socket) {
    this.socket = socket;
  }

  OperatorResponse ask(OperatorRequest request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      request.writeDelimitedTo(bytes);
      byte[] answer = askRaw(bytes.toByteArray());
      return OperatorResponse.parseDelimitedFrom(new ByteArrayInputStream(answer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return everything that came back until the CA closed, or nothing if it cut us off} */
  byte[] askRaw(byte[] bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return Channels.newInputStream(channel).readAllBytes();
    } catch (SocketException cutOff) {
      // Closing on bytes that nobody read resets a Unix socket.
      return new byte[0];
    }
  }
}
