package dev.alts.agent.credentials;

import java.util.concurrent.CompletableFuture;

/** How one credential is asked for again: of the CA by facts, or for the machine itself. */
@FunctionalInterface
public interface Renewal {
  /** {@return the answer; fails if the CA could not be asked, and may be called again then} */
  CompletableFuture<Issuance> ask();
}
