package dev.alts.ca.admin.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.authority.CustodyUnavailableException;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

class ProblemAdviceTest {
  @Test
  void anAdminReadsThatTheKeysAreAwayAndWhereToLook() {
    ResponseEntity<Object> answer =
        new ProblemAdvice()
            .unavailable(
                new CustodyUnavailableException("PKCS#11 token \"vault-3\" does not answer", null));

    assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(String.valueOf(answer.getBody()))
        .contains("hardware security module or key service does not answer")
        .contains("/readyz")
        .doesNotContain("vault-3");
  }
}
