package dev.alts.agent.delivery;

import dev.alts.agent.attestation.FactFootprint;
import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.attestation.WorkloadAttestor;
import dev.alts.agent.attestation.WorkloadFacts;
import dev.alts.agent.credentials.CredentialCache;
import dev.alts.agent.credentials.CredentialCache.Answer;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.Issuance;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.Question;
import dev.alts.agent.delivery.DeliveryException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * From a process to what it may have: attests it under the rules in force and asks the cache.
 * Thread-safe; calls block.
 */
public final class CallerCredentials {
  private static final long ANSWER_SECONDS = 25;

  /** Hashing executables is work that any process can ask for; so many at once and no more. */
  private static final int PARALLEL_ATTESTATIONS = 8;

  private final WorkloadAttestor attestor;
  private final CredentialCache cache;
  private final DomainStateSource domain;
  private final LiveCredential machine;
  private final Semaphore attesting = new Semaphore(PARALLEL_ATTESTATIONS);

  /** A process as it was found a moment ago. */
  public record Caller(PeerProcess process, WorkloadFacts facts, long ruleVersion) {}

  /**
   * A credential and the terms on which the caller has it.
   *
   * @param terms those of the process; a machine's own certificate says nothing of them
   */
  public record Entitled(
      LiveCredential credential, LiveCredential.Serving serving, Issuance.Terms terms) {}

  public CallerCredentials(
      WorkloadAttestor attestor,
      CredentialCache cache,
      DomainStateSource domain,
      LiveCredential machine) {
    this.attestor = attestor;
    this.cache = cache;
    this.domain = domain;
    this.machine = machine;
  }

  /** {@return the process with its facts, read just now} */
  public Caller attest(PeerProcess process) throws DeliveryException {
    DomainState state = domain.get();
    if (state.evictedBecause() != null) {
      throw new DeliveryException(
          Reason.REFUSED, "the CA turned this machine away: " + state.evictedBecause());
    }
    if (state.rules() == null) {
      throw new DeliveryException(
          Reason.NOT_READY, "the agent has not heard from the CA yet; try again");
    }
    FactFootprint footprint = state.rules().footprint();
    try {
      attesting.acquire();
      try {
        return new Caller(process, attestor.attest(process, footprint), state.rules().version());
      } finally {
        attesting.release();
      }
    } catch (PeerLostException e) {
      throw new DeliveryException(Reason.NOT_READY, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeliveryException(Reason.NOT_READY, "the agent is stopping");
    }
  }

  /** {@return what the caller gets for {@code wantedId}; empty: its default identity} */
  public Entitled find(Caller caller, String wantedId, Question.Use use) throws DeliveryException {
    boolean wantsMachine = isMachine(wantedId);
    Question question = new Question(caller.facts().facts(), wantsMachine ? "" : wantedId, use);
    return switch (wait(cache.ask(question, caller.ruleVersion()))) {
      case Answer.Serve serve when !wantsMachine -> entitled(serve.credential());
      case Answer.Serve serve -> machine(serving(serve.credential()).terms());
      case Answer.ServeMachineIdentity only when use == Question.Use.HANDED_OUT ->
          find(caller, firstOfWorkload(only.terms()), use);
      case Answer.ServeMachineIdentity only -> machine(only.terms());
      case Answer.Refuse refuse ->
          throw new DeliveryException(Reason.REFUSED, explained(refuse.explanation(), caller));
    };
  }

  /** A machine's key is never handed out, so another identity of the process has to do. */
  private String firstOfWorkload(Issuance.Terms terms) throws DeliveryException {
    return terms.identities().stream()
        .map(Issuance.Identity::spiffeId)
        .filter(id -> !isMachine(id))
        .findFirst()
        .orElseThrow(() ->
            new DeliveryException(
                Reason.REFUSED,
                "the rules give this process only the machine's identity, whose key is never"
                    + " handed out; the Credentials API serves it"));
  }

  /** {@return whether {@code spiffeId} is this machine's own} */
  boolean isMachine(String spiffeId) {
    return machine.state() instanceof LiveCredential.Serving serving
        && serving.certificate().id().toString().equals(spiffeId);
  }

  private Entitled entitled(LiveCredential credential) throws DeliveryException {
    LiveCredential.Serving serving = serving(credential);
    return new Entitled(credential, serving, serving.terms());
  }

  private Entitled machine(Issuance.Terms terms) throws DeliveryException {
    if (!terms.mayUseMachineIdentity()) {
      throw new DeliveryException(
          Reason.REFUSED, "no rule lets this process use the machine's identity");
    }
    return new Entitled(machine, serving(machine), terms);
  }

  private static LiveCredential.Serving serving(LiveCredential credential)
      throws DeliveryException {
    return switch (credential.state()) {
      case LiveCredential.Serving serving -> serving;
      case LiveCredential.Ended ended ->
          throw new DeliveryException(Reason.REFUSED, ended.reason());
    };
  }

  private static Answer wait(CompletableFuture<Answer> answer) throws DeliveryException {
    try {
      return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new DeliveryException(
          Reason.NOT_READY, "the CA could not be asked (%s)".formatted(cause.getMessage()));
    } catch (TimeoutException e) {
      throw new DeliveryException(Reason.NOT_READY, "the CA has not answered yet");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DeliveryException(Reason.NOT_READY, "the agent is stopping");
    }
  }

  private static String explained(String explanation, Caller caller) {
    String text = "%s: %s".formatted(caller.process(), explanation);
    return caller.facts().missing().isEmpty()
        ? text
        : text + "; the agent could not read " + String.join("; ", caller.facts().missing());
  }
}
