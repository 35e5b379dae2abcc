package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.authority.CustodyUnavailableException;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class ErrorMappingTest {
  @Test
  void anAgentReadsThatTheKeysAreAwayAndNotWhichTokenHoldsThem() {
    Status status =
        ErrorMapping.status(
            new CustodyUnavailableException("PKCS#11 token \"vault-3\" does not answer", null),
            "Issue");

    assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(status.getDescription())
        .contains("hardware security module or key service does not answer")
        .doesNotContain("vault-3");
  }
}
