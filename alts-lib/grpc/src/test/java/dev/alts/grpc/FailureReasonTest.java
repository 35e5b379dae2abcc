package dev.alts.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
  @Test
  void whatWeRefusedAndWhatThePeerRefusedAreToldApart() {
    assertThat(
            FailureReason.of(
                new IOException(new AltsProtocolException(Alert.REVOKED, "it was revoked"))))
        .isEqualTo("revoked");
    assertThat(FailureReason.of(AltsProtocolException.receivedAlert(4)))
        .isEqualTo("received_handshake_failed");
    assertThat(FailureReason.of(new IOException("reset"))).isEqualTo("connection_lost");
    assertThat(FailureReason.of(new IllegalStateException("defect"))).isEqualTo("other");
  }

  @Test
  @Tag("abuse-27")
  void aPeerCannotMakeUpReasons() {
    Set<String> reasons = new HashSet<>();
    for (int alert = 0; alert < 256; alert++) {
      reasons.add(FailureReason.of(AltsProtocolException.receivedAlert(alert)));
    }

    assertThat(reasons).hasSize(Alert.values().length + 1).contains("received_unknown");
  }
}
