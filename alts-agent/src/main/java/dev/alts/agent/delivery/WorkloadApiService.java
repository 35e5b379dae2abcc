package dev.alts.agent.delivery;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.Issuance;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.Question;
import dev.alts.agent.delivery.CallerCredentials.Caller;
import dev.alts.agent.delivery.CallerCredentials.Entitled;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.api.spiffe.JWTBundlesRequest;
import dev.alts.api.spiffe.JWTBundlesResponse;
import dev.alts.api.spiffe.SpiffeWorkloadAPIGrpc;
import dev.alts.api.spiffe.X509BundlesRequest;
import dev.alts.api.spiffe.X509BundlesResponse;
import dev.alts.api.spiffe.X509SVID;
import dev.alts.api.spiffe.X509SVIDRequest;
import dev.alts.api.spiffe.X509SVIDResponse;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.X509Svid;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The SPIFFE Workload API (SPIFFE_Workload_API.md), X.509 profile. Its SVIDs have keys of their own
 * and are no masters, since they leave the agent with their keys. Of the JWT profile the bundles
 * are offered, by which others' tokens are verified; its other methods answer UNIMPLEMENTED.
 */
final class WorkloadApiService extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
  private static final int MAX_IDENTITIES = 16;

  /** By which a program picks the SVID that clients of an upstream CA accept too. */
  private static final String UPSTREAM = "upstream";

  private static final ByteString NO_KEYS = ByteString.copyFromUtf8("{\"keys\":[]}");

  private final CallerCredentials credentials;
  private final DomainStateSource domain;
  private final Executor executor;

  WorkloadApiService(CallerCredentials credentials, DomainStateSource domain, Executor executor) {
    this.credentials = credentials;
    this.domain = domain;
    this.executor = executor;
  }

  @Override
  public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> observer) {
    PeerProcess caller = CallerInterceptor.caller();
    push(observer, watch -> svids(caller, watch));
  }

  @Override
  public void fetchX509Bundles(
      X509BundlesRequest request, StreamObserver<X509BundlesResponse> observer) {
    PeerProcess caller = CallerInterceptor.caller();
    push(observer, watch -> bundles(caller, watch));
  }

  @Override
  public void fetchJWTBundles(
      JWTBundlesRequest request, StreamObserver<JWTBundlesResponse> observer) {
    PeerProcess caller = CallerInterceptor.caller();
    push(observer, watch -> jwtBundles(caller, watch));
  }

  private <T> void push(StreamObserver<T> observer, PushStream.Producer<T> producer) {
    PushStream.open(
        (ServerCallStreamObserver<T>) observer,
        producer,
        (message, sequence) -> message,
        domain,
        executor);
  }

  private X509SVIDResponse svids(PeerProcess process, Consumer<LiveCredential> watch)
      throws DeliveryException {
    Caller caller = credentials.attest(process);
    Entitled first = credentials.find(caller, "", Question.Use.HANDED_OUT);
    List<Entitled> all = new ArrayList<>(List.of(first));
    String firstId = first.serving().certificate().id().toString();
    for (Issuance.Identity identity : first.terms().identities()) {
      String id = identity.spiffeId();
      if (!id.equals(firstId) && !credentials.isMachine(id) && all.size() < MAX_IDENTITIES) {
        all.add(credentials.find(caller, id, Question.Use.HANDED_OUT));
      }
    }
    all.forEach(entitled -> watch.accept(entitled.credential()));
    DomainState state = domain.get();
    X509SVIDResponse.Builder response = X509SVIDResponse.newBuilder();
    Set<String> hints = new HashSet<>();
    for (Entitled entitled : all) {
      response.addSvids(svid(entitled, state, hints));
    }
    // Behind all others, so that who picks none gets what verifiers of the bundle expect.
    for (int i = 0; i < all.size(); i++) {
      List<Bytes> chain = all.get(i).serving().certificate().upstreamChain();
      if (!chain.isEmpty()) {
        response.addSvids(withUpstream(response.getSvids(i), chain, hints));
      }
    }
    all.stream()
        .flatMap(entitled -> state.foreignFor(id(entitled)).stream())
        .forEach(foreign ->
            response.putFederatedBundles(idOf(foreign.admitted()), bundle(foreign.admitted())));
    return response.build();
  }

  private static X509SVID svid(Entitled entitled, DomainState state, Set<String> hints) {
    X509Svid svid = entitled.serving().certificate().svid();
    X509SVID.Builder wire =
        X509SVID
            .newBuilder()
            .setSpiffeId(svid.id().toString())
            .setX509Svid(concatenated(svid.chain()))
            .setX509SvidKey(UnsafeByteOperations.unsafeWrap(svid.privateKey().getEncoded()))
            .setBundle(bundle(state.own().trust().document()));
    entitled.terms().identities().stream()
        .filter(identity -> identity.spiffeId().equals(svid.id().toString()))
        .map(Issuance.Identity::hint)
        // A hint is unique in a response; the first identity keeps it.
        .filter(hint -> !hint.isEmpty() && hints.add(hint))
        .findFirst()
        .ifPresent(wire::setHint);
    return wire.build();
  }

  /**
   * {@return the same SVID with the upstream CA's certificates behind it} It is another entry, for
   * programs that ask for it, since verifiers that take a chain as it stands (java-spiffe) find no
   * way from its last certificate to the bundle.
   */
  private static X509SVID withUpstream(X509SVID svid, List<Bytes> chain, Set<String> hints) {
    String hint = svid.getHint().isEmpty() ? UPSTREAM : svid.getHint() + "-" + UPSTREAM;
    return svid.toBuilder()
        .setX509Svid(svid.getX509Svid().concat(concatenated(chain)))
        .setHint(hints.add(hint) ? hint : "")
        .build();
  }

  private X509BundlesResponse bundles(PeerProcess process, Consumer<LiveCredential> watch)
      throws DeliveryException {
    SpiffeId id = id(caller(process, watch));
    DomainState state = domain.get();
    TrustDocument own = state.own().trust().document();
    X509BundlesResponse.Builder response =
        X509BundlesResponse.newBuilder().putBundles(own.trustDomain().id().toString(), bundle(own));
    state
        .foreignFor(id)
        .forEach(
            foreign -> response.putBundles(idOf(foreign.admitted()), bundle(foreign.admitted())));
    return response.build();
  }

  private JWTBundlesResponse jwtBundles(PeerProcess process, Consumer<LiveCredential> watch)
      throws DeliveryException {
    SpiffeId id = id(caller(process, watch));
    DomainState state = domain.get();
    JWTBundlesResponse.Builder response =
        JWTBundlesResponse.newBuilder()
            .putBundles(
                state.own().trust().document().trustDomain().id().toString(),
                state.jwtKeys().isEmpty() ? NO_KEYS : state.jwtKeys());
    state
        .foreignFor(id)
        .forEach(
            foreign -> response.putBundles(idOf(foreign.admitted()), foreign.admitted().getJwks()));
    return response.build();
  }

  private Entitled caller(PeerProcess process, Consumer<LiveCredential> watch)
      throws DeliveryException {
    Entitled entitled = credentials.find(credentials.attest(process), "", Question.Use.HANDED_OUT);
    watch.accept(entitled.credential());
    return entitled;
  }

  private static SpiffeId id(Entitled entitled) {
    return entitled.serving().certificate().id();
  }

  private static String idOf(FederatedDomain domain) {
    return "spiffe://" + domain.getTrustDomain();
  }

  private static ByteString bundle(FederatedDomain domain) {
    return ByteString.copyFrom(domain.getX509AuthoritiesList());
  }

  /** The issuing authorities and nothing else are the members of the bundle (handshake.md 2). */
  private static ByteString bundle(TrustDocument document) {
    return concatenated(
        document.authorities().stream().map(authority -> authority.certificate().der()).toList());
  }

  private static ByteString concatenated(List<Bytes> parts) {
    return ByteString.copyFrom(
        parts.stream().map(part -> ByteString.copyFrom(part.asByteBuffer())).toList());
  }
}
