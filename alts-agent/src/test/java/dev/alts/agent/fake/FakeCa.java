package dev.alts.agent.fake;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.api.fact.v1.Fact;
import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.CaughtUp;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.GrantedIdentity;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.MachineKeys;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.api.machine.v1.RenewResponse;
import dev.alts.api.machine.v1.RuleSet;
import dev.alts.api.machine.v1.Topic;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.BootstrapToken;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.testing.TestAttributes;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers the Machine API as a test tells it to, over TLS 1.3 on loopback. Thread-safe. */
public final class FakeCa implements AutoCloseable {
  /** Gives {@code path} to whoever's facts match. */
  public record Rule(String name, Predicate<Map<String, Fact>> when, String path, String hint) {}

  public static final String MACHINE = "/machine/m-1";

  private final TestTrustDomain domain;
  private final Server server;
  private final List<StreamObserver<WatchResponse>> watchers = new CopyOnWriteArrayList<>();
  private final Map<ByteString, IssueOutcome> answered = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();

  public final AtomicInteger trustDocumentRequests = new AtomicInteger();
  public final List<ByteString> evidence = new CopyOnWriteArrayList<>();
  public final List<MachineKeys> machineKeys = new CopyOnWriteArrayList<>();
  public final List<IssueItem> items = new CopyOnWriteArrayList<>();
  public final List<WatchRequest> watchRequests = new CopyOnWriteArrayList<>();
  public final List<String> traceParents = new CopyOnWriteArrayList<>();

  /** What agents stated of how long they can do without us. */
  public final List<Long> secondsLeft = new CopyOnWriteArrayList<>();

  public final AtomicInteger refusedIssues = new AtomicInteger();
  public final AtomicInteger renewals = new AtomicInteger();
  public volatile List<Rule> rules = List.of();
  public volatile Predicate<Map<String, Fact>> mayUseMachineIdentity = facts -> false;
  public volatile List<String> footprint =
      List.of("workload.unix.uid", "workload.unix.path", "workload.unix.gids");
  public volatile long ruleVersion = 1;
  public volatile Duration life = Duration.ofHours(1);
  public volatile Duration renewAfter = Duration.ofMinutes(30);
  public volatile @Nullable Status failIssue;

  /** So many questions are answered by "come again in a second". */
  public final AtomicInteger busyFor = new AtomicInteger();

  public volatile @Nullable Status failRenew;
  public volatile Duration clockAhead = Duration.ZERO;

  /** What every grant brings. */
  public volatile List<ResumptionKey> resumptionKeys = List.of();

  /** What goes beside certificates that are handed out, DER. */
  public volatile List<byte[]> upstreamChain = List.of();

  private FakeCa(TestTrustDomain domain, TestSvid tls) throws IOException {
    this.domain = domain;
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(tls.privateKey(), tls.x509Chain()),
                        SslProvider.OPENSSL)
                    .protocols("TLSv1.3")
                    // Hybrid or nothing: shows that the agent can.
                    .option(OpenSslContextOption.GROUPS, new String[] {"X25519MLKEM768"})
                    .clientAuth(ClientAuth.OPTIONAL)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build())
            .addService(new Service())
            .intercept(new Headers())
            .build()
            .start();
  }

  private final class Headers implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      String parent = headers.get(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER));
      if (parent != null) {
        traceParents.add(parent);
      }
      String left =
          headers.get(Metadata.Key.of("alts-seconds-left", Metadata.ASCII_STRING_MARSHALLER));
      if (left != null) {
        secondsLeft.add(Long.parseLong(left));
      }
      return next.startCall(call, headers);
    }
  }

  /** {@return a CA that shows a good SVID for {@code /ca}} */
  public static FakeCa of(TestTrustDomain domain) throws IOException {
    return new FakeCa(domain, domain.tls("/ca"));
  }

  /** {@return a CA that shows whatever certificate a test wants} */
  public static FakeCa showing(TestTrustDomain domain, TestSvid tls) throws IOException {
    return new FakeCa(domain, tls);
  }

  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  public BootstrapToken mintToken() {
    return BootstrapToken.mint(random, new RootFingerprint(Bytes.copyOf(domain.rootSha256())));
  }

  /** Sends an update to every agent that watches. */
  public void push(WatchResponse update) {
    watchers.forEach(watcher -> watcher.onNext(update));
  }

  /** Breaks every watch stream off. */
  public void breakWatches() {
    watchers.forEach(watcher -> watcher.onError(Status.UNAVAILABLE.asRuntimeException()));
    watchers.clear();
  }

  /** Ends every watch stream in peace, as a CA does with those that have their age. */
  public void endWatches() {
    watchers.forEach(StreamObserver::onCompleted);
    watchers.clear();
  }

  public int watching() {
    return watchers.size();
  }

  public void pushRules() {
    push(rulesUpdate());
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Instant now() {
    return Instant.now().plus(clockAhead);
  }

  private WatchResponse rulesUpdate() {
    return WatchResponse.newBuilder()
        .setTopic(Topic.RULES)
        .setSequence(ruleVersion)
        .setRules(RuleSet.newBuilder().setVersion(ruleVersion).addAllFactFootprint(footprint))
        .build();
  }

  private IssuedCertificate issue(ByteString spki, String path, boolean mayDelegate) {
    Instant issuedAt = Instant.ofEpochSecond(now().getEpochSecond());
    Instant notAfter = issuedAt.plus(life);
    TestAttributes attributes =
        domain.attributes(path).withMayDelegate(mayDelegate).withIssuedAt(issuedAt);
    KeyPair publicHalf =
        new KeyPair(
            EcdsaP256.best().decodePublicKey(Bytes.copyOf(spki.asReadOnlyByteBuffer())), null);
    TestSvid svid =
        domain.svid(
            path,
            attributes,
            request -> request.keyPair(publicHalf).validity(issuedAt.minusSeconds(60), notAfter));
    IssuedCertificate.Builder issued =
        IssuedCertificate.newBuilder()
            .setSpiffeId(svid.spiffeId())
            .setKind(EntityKind.forNumber(attributes.kind()))
            .setBoundary(attributes.boundary())
            .setRevocationId(attributes.revocationId())
            .setIssuedAt(issuedAt.getEpochSecond())
            .setNotAfter(notAfter.getEpochSecond())
            .setRenewAt(issuedAt.plus(renewAfter).getEpochSecond());
    svid.chain().forEach(der -> issued.addChain(ByteString.copyFrom(der)));
    if (!mayDelegate) {
      upstreamChain.forEach(der -> issued.addUpstreamChain(ByteString.copyFrom(der)));
    }
    return issued.build();
  }

  private MachineCredentials machine(MachineKeys keys) {
    return MachineCredentials.newBuilder()
        .setMachine("m-1")
        .setSpiffeId(domain.id(MACHINE))
        .setBoundary("dc1")
        .setMaster(issue(keys.getMasterSpki(), MACHINE, true))
        .setTls(issue(keys.getTlsSpki(), MACHINE, false))
        .build();
  }

  private IssueOutcome answer(IssueItem item) {
    Map<String, Fact> facts = new HashMap<>();
    item.getFactsList().forEach(fact -> facts.put(fact.getName(), fact));
    List<Rule> matching = rules.stream().filter(rule -> rule.when().test(facts)).toList();
    boolean asMachine = mayUseMachineIdentity.test(facts);
    if (matching.isEmpty() && !asMachine) {
      return refusal(Refusal.Reason.NO_RULE_MATCHES, "no rule matches " + facts.keySet());
    }
    Grant.Builder grant =
        Grant.newBuilder()
            .setRuleVersion(ruleVersion)
            .setMayUseMachineIdentity(asMachine)
            .addAllResumptionKeys(resumptionKeys);
    matching.forEach(rule ->
        grant.addIdentities(
            GrantedIdentity.newBuilder()
                .setSpiffeId(domain.id(rule.path()))
                .setRule(rule.name())
                .setHint(rule.hint())));
    if (matching.isEmpty()) {
      return IssueOutcome.newBuilder().setGrant(grant).build();
    }
    for (Rule rule : matching) {
      if (item.getSpiffeId().isEmpty() || item.getSpiffeId().equals(domain.id(rule.path()))) {
        grant.setCertificate(
            issue(item.getPublicKey(), rule.path(), item.getUse() == CertificateUse.MASTER));
        return IssueOutcome.newBuilder().setGrant(grant).build();
      }
    }
    return refusal(Refusal.Reason.IDENTITY_NOT_GRANTED, "not granted: " + item.getSpiffeId());
  }

  private IssueOutcome refusal(Refusal.Reason reason, String explanation) {
    return IssueOutcome.newBuilder()
        .setRefusal(
            Refusal.newBuilder()
                .setReason(reason)
                .setExplanation(explanation)
                .setRuleVersion(ruleVersion))
        .build();
  }

  private static StatusRuntimeException busy() {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(1))
                        .build()))
            .build());
  }

  private final class Service extends MachineGrpc.MachineImplBase {
    @Override
    public void getTrustDocument(
        GetTrustDocumentRequest request, StreamObserver<GetTrustDocumentResponse> observer) {
      trustDocumentRequests.incrementAndGet();
      observer.onNext(
          GetTrustDocumentResponse.newBuilder().setTrustDocument(domain.trustDocument()).build());
      observer.onCompleted();
    }

    @Override
    public StreamObserver<AttestRequest> attest(StreamObserver<AttestResponse> observer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(AttestRequest request) {
          evidence.add(request.getStart().getEvidence());
          machineKeys.add(request.getStart().getKeys());
          observer.onNext(
              AttestResponse.newBuilder()
                  .setCredentials(machine(request.getStart().getKeys()))
                  .build());
          observer.onCompleted();
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
      };
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> observer) {
      Status failure = failRenew;
      if (failure != null) {
        observer.onError(failure.asRuntimeException());
        return;
      }
      renewals.incrementAndGet();
      observer.onNext(
          RenewResponse.newBuilder().setCredentials(machine(request.getKeys())).build());
      observer.onCompleted();
    }

    @Override
    public void issue(IssueRequest request, StreamObserver<IssueResponse> observer) {
      if (busyFor.getAndUpdate(times -> Math.max(0, times - 1)) > 0) {
        refusedIssues.incrementAndGet();
        observer.onError(busy());
        return;
      }
      Status failure = failIssue;
      if (failure != null) {
        refusedIssues.incrementAndGet();
        observer.onError(failure.asRuntimeException());
        return;
      }
      IssueResponse.Builder response =
          IssueResponse.newBuilder().setServerTime(now().getEpochSecond());
      for (IssueItem item : request.getItemsList()) {
        items.add(item);
        response.addOutcomes(
            answered.computeIfAbsent(item.getIdempotencyKey(), key -> answer(item)));
      }
      observer.onNext(response.build());
      observer.onCompleted();
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
      watchRequests.add(request);
      List<WatchResponse> first = new ArrayList<>();
      first.add(
          WatchResponse.newBuilder()
              .setTopic(Topic.TRUST_DOCUMENT)
              .setSequence(1)
              .setTrustDocument(domain.trustDocument())
              .build());
      first.add(rulesUpdate());
      first.add(
          WatchResponse.newBuilder()
              .setCaughtUp(CaughtUp.newBuilder().setServerTime(now().getEpochSecond()))
              .build());
      first.forEach(observer::onNext);
      watchers.add(observer);
    }
  }
}
