package dev.alts.ca.machine;

import com.google.protobuf.ByteString;
import dev.alts.api.fact.v1.Fact;
import dev.alts.api.fact.v1.Provenance;
import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.MachineKeys;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.ca.revocation.OwnVerification;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.VerificationContext;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** An agent that sends whatever a test wants, over a real TLS socket. */
final class RawAgent implements AutoCloseable {
  static final String HYBRID = "X25519MLKEM768";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Supplier<VerificationContext> trust;
  private final IntSupplier port;
  private final KeyPair tlsKey = EcdsaP256.best().generateKeyPair(RANDOM);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<RawAgent> copies = new ArrayList<>();
  private String group = HYBRID;
  private OptionalInt window = OptionalInt.empty();
  private MachineCredentials credentials = MachineCredentials.getDefaultInstance();
  private KeyPair presentedKey = tlsKey;

  RawAgent(MachineCa ca) {
    this(ca.bean(OwnVerification.class), ca::port);
  }

  RawAgent(Supplier<VerificationContext> trust, IntSupplier port) {
    this.trust = trust;
    this.port = port;
  }

  /** Offers this key exchange only. */
  RawAgent offering(String keyExchange) {
    group = keyExchange;
    return this;
  }

  /** {@return one that holds the same certificate and key as this one does now: a copy} */
  RawAgent copy(MachineCa at) {
    return copy(at::port);
  }

  RawAgent copy(IntSupplier otherPort) {
    RawAgent copy = new RawAgent(trust, otherPort);
    copies.add(copy);
    copy.credentials = credentials;
    copy.presentedKey = presentedKey;
    copy.group = group;
    return copy;
  }

  MachineCredentials credentials() {
    return credentials;
  }

  MachineCredentials attest(Bytes secret) {
    credentials = tryAttest(secret, keys(tlsKey));
    presentedKey = tlsKey;
    return credentials;
  }

  MachineCredentials tryAttest(Bytes secret, MachineKeys keys) {
    return tryAttest(attestation(secret, keys));
  }

  static AttestRequest attestation(Bytes secret, MachineKeys keys) {
    return AttestRequest.newBuilder()
        .setStart(
            AttestRequest.Start.newBuilder()
                .setAttestor("join-token")
                .setEvidence(ByteString.copyFrom(secret.asByteBuffer()))
                .setKeys(keys)
                .setAgentVersion("test"))
        .build();
  }

  MachineCredentials tryAttest(AttestRequest request) {
    return get(attest(stranger(), request));
  }

  static CompletableFuture<MachineCredentials> attest(ManagedChannel over, AttestRequest request) {
    CompletableFuture<MachineCredentials> answer = new CompletableFuture<>();
    StreamObserver<AttestRequest> requests =
        MachineGrpc.newStub(over)
            .attest(
                new StreamObserver<AttestResponse>() {
                  @Override
                  public void onNext(AttestResponse response) {
                    answer.complete(response.getCredentials());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answer.completeExceptionally(new AssertionError("ended without an answer"));
                  }
                });
    requests.onNext(request);
    return answer;
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** Renews with a new key and goes on with it. */
  void renew() {
    KeyPair next = EcdsaP256.best().generateKeyPair(RANDOM);
    goOnWith(next, tryRenew(next, idempotencyKey()));
  }

  void goOnWith(KeyPair key, MachineCredentials renewed) {
    credentials = renewed;
    presentedKey = key;
  }

  MachineCredentials tryRenew(KeyPair next, ByteString idempotencyKey) {
    return tryRenew(
        RenewRequest.newBuilder().setKeys(keys(next)).setIdempotencyKey(idempotencyKey).build());
  }

  MachineCredentials tryRenew(RenewRequest request) {
    return MachineGrpc.newBlockingStub(channel()).renew(request).getCredentials();
  }

  IssueOutcome issue(IssueItem item) {
    return MachineGrpc.newBlockingStub(channel())
        .issue(IssueRequest.newBuilder().addItems(item).build())
        .getOutcomes(0);
  }

  /** {@return an item that asks for what a process of {@code uid} gets} */
  static IssueItem.Builder itemOf(long uid) {
    return IssueItem.newBuilder()
        .setIdempotencyKey(idempotencyKey())
        .setPublicKey(ByteString.copyFrom(CaCore.newSpki().asByteBuffer()))
        .setUse(CertificateUse.MASTER)
        .addFacts(stated("workload.unix.uid").setIntValue(uid));
  }

  static Fact.Builder stated(String name) {
    return Fact.newBuilder()
        .setName(name)
        .setProvenance(Provenance.STATED_BY_AGENT)
        .setAttestor("unix");
  }

  static ByteString idempotencyKey() {
    byte[] key = new byte[16];
    RANDOM.nextBytes(key);
    return ByteString.copyFrom(key);
  }

  static MachineKeys keys(KeyPair tls) {
    return MachineKeys.newBuilder()
        .setMasterSpki(ByteString.copyFrom(CaCore.newSpki().asByteBuffer()))
        .setTlsSpki(ByteString.copyFrom(tls.getPublic().getEncoded()))
        .build();
  }

  /** {@return a connection without a client certificate} */
  ManagedChannel stranger() {
    return connect(false);
  }

  /** {@return a new connection with the machine's TLS SVID} */
  ManagedChannel channel() {
    return connect(true);
  }

  /** {@return a new connection that takes in no more than this much that is not read} */
  ManagedChannel narrowChannel(int bytes) {
    window = OptionalInt.of(bytes);
    return connect(true);
  }

  private ManagedChannel connect(boolean withCertificate) {
    try {
      SslContextBuilder tls =
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.OPENSSL)
              .protocols("TLSv1.3")
              .option(OpenSslContextOption.GROUPS, new String[] {group})
              .trustManager(
                  new SvidTrustManager(
                      new PeerVerifier(),
                      trust,
                      id -> id.path().equals("/ca"),
                      InstantSource.system()));
      if (withCertificate) {
        tls.keyManager(presentedKey.getPrivate(), certificate());
      }
      NettyChannelBuilder builder =
          NettyChannelBuilder.forAddress("127.0.0.1", port.getAsInt())
              .overrideAuthority("ca")
              .sslContext(tls.build());
      window.ifPresent(builder::flowControlWindow);
      ManagedChannel channel = builder.build();
      channels.add(channel);
      return channel;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private X509Certificate certificate() throws Exception {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(credentials.getTls().getChain(0).toByteArray()));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    copies.forEach(RawAgent::close);
  }
}
