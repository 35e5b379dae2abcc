package dev.alts.agent.credentials;

import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks one question as often as needed: with the same key and idempotency key until an answer
 * arrives, then with new ones. One call at a time.
 */
final class QuestionRenewal implements Renewal {
  private final Question question;
  private final CertificateIssuer issuer;
  private final SecureRandom random;
  private final AtomicReference<@Nullable Attempt> unanswered = new AtomicReference<>();

  QuestionRenewal(Question question, CertificateIssuer issuer, SecureRandom random) {
    this.question = question;
    this.issuer = issuer;
    this.random = random;
  }

  @Override
  public CompletableFuture<Issuance> ask() {
    Attempt pending = unanswered.get();
    Attempt attempt = pending == null ? Attempt.of(question, random) : pending;
    unanswered.set(attempt);
    return attempt
        .send(issuer)
        .thenApply(issuance -> {
          unanswered.set(null);
          return issuance;
        });
  }
}
