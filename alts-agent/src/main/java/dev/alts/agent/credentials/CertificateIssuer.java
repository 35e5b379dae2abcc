package dev.alts.agent.credentials;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import java.util.concurrent.CompletableFuture;

/** Whoever answers a question: the CA. */
public interface CertificateIssuer {
  /**
   * {@return what the CA says; fails if the CA could not be asked} The same item may be sent again
   * after a failure and then gives the same certificate.
   */
  CompletableFuture<IssueOutcome> issue(IssueItem item);
}
