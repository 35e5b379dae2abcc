package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.authority.CustodyUnavailableException;
import io.grpc.Status;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;

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

  @Test
  @Tag("abuse-54")
  void anAgentReadsThatTheDatabaseTakesNoWrites() {
    for (String state : List.of("53100", "25006")) {
      Status status = ErrorMapping.status(failure(state), "Issue");

      assertThat(status.getCode()).as(state).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).contains("full or read-only").doesNotContain("secret");
    }
  }

  @Test
  void whatTheDatabaseSaysOtherwiseIsOurMistake() {
    assertThat(ErrorMapping.status(failure("XX000"), "Issue").getCode())
        .isEqualTo(Status.Code.INTERNAL);
  }

  private static DataAccessException failure(String state) {
    SQLException said = new SQLException("secret", state);
    return Objects.requireNonNullElseGet(
        new SQLStateSQLExceptionTranslator().translate("update", "update t set c = 1", said),
        () -> new UncategorizedSQLException("update", "update t set c = 1", said));
  }
}
