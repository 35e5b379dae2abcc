package dev.alts.agent.upstream;

import com.google.protobuf.UnsafeByteOperations;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.identity.document.BootstrapToken;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.InvalidCertificateException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A machine's first contact with its trust domain, in this order: (1) fetch the trust document from
 * whoever answers; (2) verify it against the root fingerprint in the join token; (3) connect anew,
 * accepting only the {@code /ca} that the document vouches for; (4) send the token's secret and our
 * public keys. Whoever sits in the middle with another CA sees the request of step 1 and no more.
 */
public final class Bootstrap {
  static final String JOIN_TOKEN = "join-token";

  private static final long CALL_SECONDS = 20;

  private final CaChannels channels;
  private final Function<TrustDocument, X509ExtendedTrustManager> caOnly;
  private final SecureRandom random;
  private final String agentVersion;

  /** What the first contact gives. */
  public record Joined(MachineIdentity identity, Verified<TrustDocument> trust) {}

  /**
   * @param caOnly accepts nobody but the CA that a trust document vouches for
   */
  public Bootstrap(
      CaChannels channels,
      Function<TrustDocument, X509ExtendedTrustManager> caOnly,
      SecureRandom random,
      String agentVersion) {
    this.channels = channels;
    this.caOnly = caOnly;
    this.random = random;
    this.agentVersion = agentVersion;
  }

  /**
   * {@return this machine's identity}
   *
   * @throws CaUnavailableException if the CA could not be reached; the token is then still good
   * @throws StartRefusedException if the CA is another one than the token's, or refused the token
   */
  public Joined join(BootstrapToken token) throws StartRefusedException {
    Verified<TrustDocument> trust = fetchTrustDocument(token.rootFingerprint());
    MachineKeyPairs keys = MachineKeyPairs.generate(random);
    ManagedChannel channel = channels.toCa(caOnly.apply(trust.document()), null);
    try {
      MachineCredentials credentials = attest(channel, token, keys);
      return new Joined(MachineIdentity.of(credentials, keys, random), trust);
    } catch (InvalidCertificateException e) {
      throw new StartRefusedException(
          "the CA issued certificates for this machine that are not right: " + e.getMessage(), e);
    } finally {
      channel.shutdownNow();
    }
  }

  private Verified<TrustDocument> fetchTrustDocument(RootFingerprint pinned)
      throws StartRefusedException {
    ManagedChannel channel = channels.toAnyone();
    try {
      GetTrustDocumentResponse answer =
          MachineGrpc.newBlockingStub(channel)
              .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
              .getTrustDocument(GetTrustDocumentRequest.getDefaultInstance());
      return new Verified<>(
          answer.getTrustDocument(),
          Succession.begin(pinned, answer.getBridgesList(), answer.getTrustDocument()));
    } catch (StatusRuntimeException e) {
      throw CaClient.unavailable("fetching the trust document from " + channels.addresses(), e);
    } catch (InvalidDocumentException e) {
      throw new StartRefusedException(
          "%s is not the CA that the join token is for: %s; the token's secret was not sent"
              .formatted(channels.addresses(), e.getMessage()),
          e);
    } finally {
      channel.shutdownNow();
    }
  }

  private MachineCredentials attest(
      ManagedChannel channel, BootstrapToken token, MachineKeyPairs keys)
      throws StartRefusedException {
    Answers answers = new Answers();
    StreamObserver<AttestRequest> requests =
        MachineGrpc.newStub(channel)
            .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
            .attest(answers);
    byte[] secret = token.secret().exposeCopy();
    try {
      requests.onNext(
          AttestRequest.newBuilder()
              .setStart(
                  AttestRequest.Start.newBuilder()
                      .setAttestor(JOIN_TOKEN)
                      .setEvidence(UnsafeByteOperations.unsafeWrap(secret))
                      .setKeys(keys.wire())
                      .setAgentVersion(agentVersion))
              .build());
      AttestResponse response = answers.next();
      requests.onCompleted();
      if (!response.hasCredentials()) {
        throw new StartRefusedException(
            "the CA asks for more than a join token (expected: a CA of this agent's version)");
      }
      return response.getCredentials();
    } catch (StatusRuntimeException e) {
      throw refusedOrUnavailable(e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private CaUnavailableException refusedOrUnavailable(StatusRuntimeException e)
      throws StartRefusedException {
    Status.Code code = e.getStatus().getCode();
    if (code == Status.Code.UNAVAILABLE
        || code == Status.Code.DEADLINE_EXCEEDED
        || code == Status.Code.RESOURCE_EXHAUSTED) {
      return CaClient.unavailable("attesting this machine with " + channels.addresses(), e);
    }
    if (code == Status.Code.PERMISSION_DENIED) {
      throw new StartRefusedException(
          "the CA refused the join token (%s); make a new one: altsctl token create"
              .formatted(CaClient.reason(e)),
          e);
    }
    throw new StartRefusedException(
        "the CA did not attest this machine (%s)".formatted(CaClient.reason(e)), e);
  }

  /** The responses of one attestation, to be taken one by one. */
  private static final class Answers implements StreamObserver<AttestResponse> {
    private sealed interface Event {}

    private record Next(AttestResponse response) implements Event {}

    private record Over(Status status) implements Event {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    AttestResponse next() {
      Event event;
      try {
        event = events.poll(CALL_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Status.UNAVAILABLE.withDescription("interrupted").asRuntimeException();
      }
      return switch (event) {
        case null -> throw Status.DEADLINE_EXCEEDED.asRuntimeException();
        case Next next -> next.response();
        case Over over -> throw over.status().asRuntimeException();
      };
    }

    @Override
    public void onNext(AttestResponse response) {
      events.add(new Next(response));
    }

    @Override
    public void onError(Throwable failure) {
      events.add(new Over(Status.fromThrowable(failure)));
    }

    @Override
    public void onCompleted() {
      events.add(new Over(Status.INTERNAL.withDescription("the CA ended without an answer")));
    }
  }
}
