package dev.alts.ca.exchange;

import dev.alts.identity.Bytes;
import java.time.ZoneOffset;
import java.util.Arrays;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which tokens were used, so that none works twice, whatever the number of replicas. */
@Repository
class UsedTokens {
  /** As many requests with others hold no more locks than this. */
  private static final int FORGOTTEN_AT_ONCE = 10_000;

  private final JdbcClient jdbc;

  UsedTokens(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Whether a token may be used for a request. */
  enum Use {
    FIRST,
    /** The very same request again, whose answer may have been lost. */
    SAME_REQUEST,
    ANOTHER_REQUEST
  }

  /**
   * Uses the token up, in the transaction that the caller is in. Of any number of callers the
   * database lets exactly one insert the row; the others wait for its end and find it.
   */
  Use use(VerifiedToken token, Bytes requestSha256) {
    int inserted =
        jdbc.sql(
                """
                INSERT INTO exchanged_token (issuer, token_id, request_sha256, forget_after)
                VALUES (:issuer, :id, :request, :until)
                ON CONFLICT (issuer, token_id) DO NOTHING\
                """)
            .param("issuer", token.issuer())
            .param("id", token.id().toByteArray())
            .param("request", requestSha256.toByteArray())
            // Longer than any replica's clock differs from the database's.
            .param("until", token.acceptedUntil().plusSeconds(3600).atOffset(ZoneOffset.UTC))
            .update();
    if (inserted == 1) {
      return Use.FIRST;
    }
    byte[] request =
        jdbc.sql(
                "SELECT request_sha256 FROM exchanged_token WHERE issuer = :issuer AND token_id = :id")
            .param("issuer", token.issuer())
            .param("id", token.id().toByteArray())
            .query(byte[].class)
            .single();
    return Arrays.equals(request, requestSha256.toByteArray())
        ? Use.SAME_REQUEST
        : Use.ANOTHER_REQUEST;
  }

  /** Forgets tokens that have expired. */
  void forgetExpired() {
    jdbc.sql(
            """
            DELETE FROM exchanged_token WHERE (issuer, token_id) IN (
              SELECT issuer, token_id FROM exchanged_token
              WHERE forget_after < clock_timestamp() LIMIT :most FOR UPDATE SKIP LOCKED)\
            """)
        .param("most", FORGOTTEN_AT_ONCE)
        .update();
  }
}
