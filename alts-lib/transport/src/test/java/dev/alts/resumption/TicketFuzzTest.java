package dev.alts.resumption;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.ResumptionKey;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** A ticket that this key did not seal opens to nothing; the key here sealed none. */
@Tag("fuzz")
@Tag("abuse-26")
@Timeout(900)
class TicketFuzzTest {
  private static final TicketSealer SEALER =
      new TicketSealer(Crypto.best(), SpiffeId.parse("spiffe://example.org/shop/db"), "dc1");
  private static final ResumptionKey KEY =
      new ResumptionKey(
          SecretBytes.adopt(new byte[32]), 0, Instant.EPOCH, Instant.MAX, Instant.MAX);

  @FuzzTest(maxDuration = "30s")
  void open(byte[] ticket) {
    assertThat(SEALER.open(KEY, Bytes.copyOf(ticket))).isEmpty();
  }
}
