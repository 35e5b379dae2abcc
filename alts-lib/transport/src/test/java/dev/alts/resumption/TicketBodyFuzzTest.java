package dev.alts.resumption;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/**
 * A body that another replica sealed is a session, the same after encoding it again, or nothing.
 */
@Tag("fuzz")
@Timeout(900)
class TicketBodyFuzzTest {
  @FuzzTest(maxDuration = "30s")
  void decode(byte[] body) {
    Optional<ResumptionTicket> decoded = TicketBodyCodec.decode(body);
    if (decoded.isEmpty()) {
      return;
    }
    ResumptionTicket ticket = decoded.get();
    ResumptionTicket again =
        TicketBodyCodec.decode(TicketBodyCodec.encode(ticket, Instant.EPOCH)).orElseThrow();
    assertThat(again.peer()).isEqualTo(ticket.peer());
    assertThat(again.session()).isEqualTo(ticket.session());
    assertThat(again.resumptionSecret().equalsSecret(ticket.resumptionSecret())).isTrue();
  }
}
