package dev.alts.cli.run;

import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.snapshot.SnapshotCompletion;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.EntityKind;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs as a workload. What it finds in its environment is what an agent's socket
 * gives to a workload on a machine, so it needs no line of code and no configuration.
 */
public final class Job {
  private static final Duration HANDSHAKE_VALIDITY = Duration.ofMinutes(30);

  private final TokenSource tokens;
  private final TokenExchange exchange;
  private final RootFingerprint root;
  private final Surroundings surroundings;

  /**
   * What the job touches.
   *
   * @param say tells a person what goes on
   */
  public record Surroundings(
      Map<String, String> environment,
      InstantSource clock,
      SecureRandom random,
      Consumer<String> say) {
    public Surroundings {
      environment = Map.copyOf(environment);
    }
  }

  /**
   * @param spiffeId one of those that the token gives; empty: the first
   */
  public Job(
      TokenSource tokens,
      CaAddresses ca,
      RootFingerprint root,
      String spiffeId,
      Surroundings surroundings) {
    this.tokens = tokens;
    this.exchange =
        new TokenExchange(ca, root, spiffeId, surroundings.clock(), surroundings.random());
    this.root = root;
    this.surroundings = surroundings;
  }

  /**
   * Runs the program to its end.
   *
   * @return its exit code
   * @throws CommandFailedException if it could not be started
   */
  public int run(List<String> command) {
    String token = tokens.token();
    Served served = new Served(state(exchange.exchange(token)));
    surroundings
        .say()
        .accept(
            "running as %s until %s"
                .formatted(
                    served.now().credentials().master().id(),
                    served.now().credentials().notAfter()));
    try (PrivateDirectory directory = PrivateDirectory.make(surroundings.environment());
        Program program = new Program(directory)) {
      write(directory, served.now());
      Path socket = directory.path().resolve("agent.sock");
      try (JobServer _ = JobServer.open(socket, served)) {
        Thread upkeep =
            Thread.ofVirtual().name("renewal").start(() -> keep(served, directory, token));
        try {
          return program.run(builder(command, directory.path(), socket));
        } finally {
          upkeep.interrupt();
        }
      }
    } catch (IOException e) {
      throw CommandFailedException.failed("cannot run: " + e.getMessage(), null, e);
    }
  }

  private static ProcessBuilder builder(List<String> command, Path directory, Path socket) {
    ProcessBuilder child = new ProcessBuilder(command).inheritIO();
    child.environment().put("ALTS_AGENT_SOCKET", socket.toString());
    child.environment().put("SPIFFE_ENDPOINT_SOCKET", "unix://" + socket);
    child.environment().put("ALTS_SVID_DIR", directory.toString());
    return child;
  }

  private Served.State state(JobCredentials credentials) {
    CredentialSnapshot documents = credentials.documents();
    try {
      TrustDocument document =
          Succession.begin(
              root,
              documents.getDomains(0).getBridgesList(),
              documents.getDomains(0).getTrustDocument());
      CredentialSnapshot snapshot =
          new SnapshotCompletion(surroundings.clock(), surroundings.random())
              .complete(
                  documents, EntityKind.WORKLOAD, credentials.master(), HANDSHAKE_VALIDITY, root);
      return new Served.State(snapshot, credentials, document);
    } catch (InvalidDocumentException e) {
      throw CommandFailedException.failed(
          "the CA's documents cannot be used: " + e.getMessage(), null, e);
    }
  }

  private static void write(PrivateDirectory directory, Served.State state) throws IOException {
    SvidFiles.write(directory, state.credentials(), state.document());
  }

  /** Renews, and makes new handshake certificates in between, until it is interrupted. */
  private void keep(Served served, PrivateDirectory directory, String firstToken) {
    String used = firstToken;
    Due due = dueFrom(served);
    try {
      while (true) {
        Duration left = Duration.between(surroundings.clock().instant(), due.next());
        if (left.isPositive()) {
          Thread.sleep(left);
        }
        if (due.isRenewal(surroundings.clock().instant())) {
          String token = renew(served, directory, used);
          if (token == null) {
            due = due.notRenewed(surroundings.clock().instant());
          } else {
            used = token;
            due = dueFrom(served);
          }
        } else {
          remake(served);
          due = due.remade(surroundings.clock().instant());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      surroundings.say().accept("altsctl: renewal has ended: " + e);
    }
  }

  private Due dueFrom(Served served) {
    return Due.from(surroundings.clock().instant(), served.now().credentials().renewAt());
  }

  /** From certificates that have expired meanwhile none can be made; a renewal may still come. */
  private void remake(Served served) {
    try {
      served.replace(state(served.now().credentials()));
    } catch (RuntimeException e) {
      surroundings.say().accept("altsctl: no new handshake certificate: " + e.getMessage());
    }
  }

  /** {@return the token that it was done with; null: not yet} */
  private @Nullable String renew(Served served, PrivateDirectory directory, String used) {
    try {
      String token = tokens.token();
      if (token.equals(used)) {
        return null;
      }
      Served.State next = state(exchange.exchange(token));
      write(directory, next);
      served.replace(next);
      return token;
    } catch (CommandFailedException | IOException e) {
      surroundings.say().accept("altsctl: not renewed, will be tried again: " + e.getMessage());
      return null;
    }
  }
}
