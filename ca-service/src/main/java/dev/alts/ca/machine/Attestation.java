package dev.alts.ca.machine;

import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.ca.attestation.AttestationStep;
import dev.alts.ca.attestation.AttestedMachine;
import dev.alts.ca.attestation.Generation;
import dev.alts.ca.attestation.MachineAttestor;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.endpoint.StrangerLimit;
import dev.alts.ca.issuance.IdempotencyKey;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The conversation in which a machine proves what it is. Strangers speak here: what they send is
 * bounded, and only so many are heard at a time.
 */
@Component
class Attestation {
  private static final int MAX_EVIDENCE = 64 << 10;
  private static final int MAX_AT_ONCE = 16;
  private static final int MAX_VERSION = 64;

  private final Map<String, MachineAttestor> attestors;
  private final MachineRegistry machines;
  private final MachineCertificates certificates;
  private final AuditLog audit;
  private final StrangerLimit strangers;
  private final SecureRandom random;
  private final Semaphore atOnce = new Semaphore(MAX_AT_ONCE);

  Attestation(
      List<MachineAttestor> attestors,
      MachineRegistry machines,
      MachineCertificates certificates,
      AuditLog audit,
      StrangerLimit strangers,
      SecureRandom random) {
    this.attestors =
        attestors.stream().collect(Collectors.toMap(MachineAttestor::name, Function.identity()));
    this.machines = machines;
    this.certificates = certificates;
    this.audit = audit;
    this.strangers = strangers;
    this.random = random;
  }

  StreamObserver<AttestRequest> begin(InetAddress source, StreamObserver<AttestResponse> answers) {
    if (strangers.isReached(source)) {
      throw ApiException.overloaded(
          "too many refused attestations from this address; try again in a minute",
          Duration.ofMinutes(1));
    }
    return new Conversation(source, answers);
  }

  /** One stream; gRPC calls it from one thread at a time. */
  private final class Conversation implements StreamObserver<AttestRequest> {
    private final InetAddress source;
    private final StreamObserver<AttestResponse> answers;
    private AttestRequest.@Nullable Start start;
    private AttestationStep.@Nullable Answered awaited;
    private boolean over;

    Conversation(InetAddress source, StreamObserver<AttestResponse> answers) {
      this.source = source;
      this.answers = answers;
    }

    @Override
    public void onNext(AttestRequest request) {
      if (over) {
        throw new ApiException(ApiException.Code.BAD_REQUEST, "attestation: it is over");
      }
      if (!atOnce.tryAcquire()) {
        throw ApiException.overloaded("too many attestations at once", Duration.ofSeconds(2));
      }
      try {
        follow(step(request));
      } finally {
        atOnce.release();
      }
    }

    private AttestationStep step(AttestRequest request) {
      return switch (request.getStepCase()) {
        case START -> {
          if (start != null) {
            throw new ApiException(ApiException.Code.BAD_REQUEST, "attestation: started twice");
          }
          start = requireBounded(request.getStart());
          yield attestor(start.getAttestor()).begin(WireCertificates.bytes(start.getEvidence()));
        }
        case CHALLENGE_ANSWER -> {
          AttestationStep.Answered next = awaited;
          awaited = null;
          if (next == null) {
            throw new ApiException(
                ApiException.Code.BAD_REQUEST, "attestation: an answer without a challenge");
          }
          yield next.answer(WireCertificates.bytes(request.getChallengeAnswer()));
        }
        case STEP_NOT_SET ->
            throw new ApiException(ApiException.Code.BAD_REQUEST, "attestation: unknown step");
      };
    }

    private void follow(AttestationStep step) {
      switch (step) {
        case AttestationStep.Challenge challenge -> {
          awaited = challenge.next();
          answers.onNext(
              AttestResponse.newBuilder()
                  .setChallenge(
                      com.google.protobuf.ByteString.copyFrom(challenge.challenge().asByteBuffer()))
                  .build());
        }
        case AttestationStep.Proven proven -> {
          over = true;
          answers.onNext(
              AttestResponse.newBuilder().setCredentials(admit(proven.machine())).build());
          answers.onCompleted();
        }
        case AttestationStep.Refused refused -> {
          over = true;
          throw refused(refused.reason());
        }
      }
    }

    private MachineCredentials admit(AttestedMachine proven) {
      AttestRequest.Start started = start;
      if (started == null) {
        throw new AssertionError("nothing is proven before the start");
      }
      Authenticated machine =
          machines
              .admit(proven, started.getAgentVersion())
              .orElseThrow(() -> refused("machine %s is banned".formatted(proven.name())));
      return certificates.issue(
          machine, Generation.FIRST, started.getKeys(), IdempotencyKey.random(random).value());
    }

    private ApiException refused(String reason) {
      String attestor = start == null ? "" : start.getAttestor();
      strangers.refused(source);
      audit.append(new AuditEvent.AttestationRefused(attestor, reason));
      // One answer for unknown, used and late tokens: none tells a thief which it was.
      return new ApiException(
          ApiException.Code.ATTESTATION_REFUSED,
          "attestation refused; a join token works once and for 10 minutes");
    }

    @Override
    public void onError(Throwable failure) {
      over = true;
    }

    @Override
    public void onCompleted() {
      if (!over) {
        throw new ApiException(ApiException.Code.BAD_REQUEST, "attestation: ended before its end");
      }
    }
  }

  private MachineAttestor attestor(String name) {
    MachineAttestor attestor = attestors.get(name);
    if (attestor == null) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "attestor: unknown (expected: one of %s)".formatted(attestors.keySet()));
    }
    return attestor;
  }

  private static AttestRequest.Start requireBounded(AttestRequest.Start start) {
    if (start.getEvidence().size() > MAX_EVIDENCE
        || start.getAgentVersion().length() > MAX_VERSION
        || start.getAgentVersion().chars().anyMatch(Character::isISOControl)) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, "attestation: too long");
    }
    MachineCertificates.requireKeys(start.getKeys());
    return start;
  }
}
