package dev.alts.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.frame.Alert;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSource;
import dev.alts.testing.party.TestParty;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockingHandshakeTest {
  private final ClientEndpoint client =
      new ClientEndpoint(
          TestParty.environment(),
          CredentialSource.of(TestParty.ofNewDomain().snapshot("/caller")),
          new ClientEndpoint.Options(Negotiation.GRPC, null, null));
  private long nanos;

  @Test
  void aPeerThatSendsAByteNowAndThenGetsNoMoreTimeByIt() {
    Dripping peer = new Dripping(Duration.ofSeconds(3));

    assertThatThrownBy(() -> handshake(peer).run())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not complete within " + HandshakeBudget.HANDSHAKE_TIMEOUT);
    // bytes at 3, 6, 9 and 12 s; after the last it is too late to ask for another
    assertThat(peer.reads).isEqualTo(4);
    assertThat(peer.soTimeouts).isEqualTo("10000 7000 4000 1000 ");
  }

  @Test
  void whoseWriteFailsStillReadsWhyThePeerHungUp() {
    Socket peer =
        new Socket() {
          @Override
          public OutputStream getOutputStream() {
            return new OutputStream() {
              @Override
              public void write(int value) throws IOException {
                throw new IOException("Broken pipe");
              }
            };
          }

          @Override
          public InputStream getInputStream() {
            return new ByteArrayInputStream(Alert.HANDSHAKE_FAILED.frame().toByteArray());
          }

          @Override
          public void setSoTimeout(int millis) {}
        };

    assertThatThrownBy(() -> handshake(peer).run()).hasMessageContaining("HANDSHAKE_FAILED");
  }

  private BlockingHandshake handshake(Socket peer) {
    return new BlockingHandshake(peer, client.newHandshaker("echo.test:1"), () -> nanos);
  }

  /** Sends the next byte of a frame whenever its pause is over, by our clock. */
  private final class Dripping extends Socket {
    private final Duration pause;
    private final byte[] frame = FrameType.SERVER_INIT.encode(new byte[100]);
    private int reads;
    private String soTimeouts = "";

    Dripping(Duration pause) {
      this.pause = pause;
    }

    @Override
    public void setSoTimeout(int millis) {
      soTimeouts += millis + " ";
    }

    @Override
    public OutputStream getOutputStream() {
      return new ByteArrayOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return new InputStream() {
        @Override
        public int read() {
          nanos += pause.toNanos();
          return frame[reads++];
        }

        @Override
        public int read(byte[] target, int offset, int length) {
          target[offset] = (byte) read();
          return 1;
        }
      };
    }
  }
}
