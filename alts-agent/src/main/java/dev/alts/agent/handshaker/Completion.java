package dev.alts.agent.handshaker;

import com.google.protobuf.UnsafeByteOperations;
import dev.alts.agent.delivery.DeliveryException;
import dev.alts.api.handshaker.HandshakerResult;
import dev.alts.api.handshaker.Identity;
import dev.alts.api.handshaker.NegotiatedTransportProtocol;
import dev.alts.api.handshaker.RpcProtocolVersions;
import dev.alts.endpoint.NamedServers;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.ServerExpectation;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.AuthorizationDecision.Allowed;
import dev.alts.peer.AuthorizationDecision.Denied;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.OpenChannels;
import dev.alts.peer.OpenChannels.Admission;
import dev.alts.peer.RpcVersions;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do when a handshake is complete: judge the peer by the state of now, if that is
 * newer than the one that the handshake began with (handshake.md section 7), and say the result.
 *
 * @param expected which server is the right one; null: we are the server
 */
record Completion(
    HandshakeEnvironment environment,
    LocalIdentity identity,
    CredentialSnapshot begunWith,
    @Nullable ServerExpectation expected) {

  static Completion ofClient(
      HandshakeEnvironment environment,
      LocalIdentity identity,
      CredentialSnapshot begunWith,
      ServerExpectation expected) {
    return new Completion(environment, identity, begunWith, expected);
  }

  static Completion ofServer(
      HandshakeEnvironment environment, LocalIdentity identity, CredentialSnapshot begunWith) {
    return new Completion(environment, identity, begunWith, null);
  }

  /** {@return the result, whose key material is a copy} The keys stay the caller's. */
  HandshakerResult result(Established established) throws AltsProtocolException, DeliveryException {
    CredentialSnapshot now = identity.snapshot();
    if (now != begunWith) {
      judge(established, now);
    }
    AltsPeer peer = established.peer();
    HandshakerResult.Builder result =
        HandshakerResult.newBuilder()
            .setApplicationProtocol(peer.applicationProtocol())
            .setRecordProtocol(peer.recordProtocol())
            // Ends in the message; whoever reads the agent's memory has worse than that.
            .setKeyData(UnsafeByteOperations.unsafeWrap(established.keys().keyData().exposeCopy()))
            .setPeerIdentity(identity(peer.facts()))
            .setLocalIdentity(Identity.newBuilder().setServiceAccount(peer.localId().toString()))
            .setMaxFrameSize(peer.maxFrameBytes());
    if (peer.rpcVersions() != null) {
      result.setPeerRpcVersions(wire(peer.rpcVersions()));
    }
    if (!peer.transportProtocol().isEmpty()) {
      result.setTransportProtocol(
          NegotiatedTransportProtocol.newBuilder().setTransportProtocol(peer.transportProtocol()));
    }
    return result.build();
  }

  private void judge(Established established, CredentialSnapshot now) throws AltsProtocolException {
    OpenChannels channels = new OpenChannels(environment.verifier(), environment.clock(), now);
    OpenChannels.Ends none = new OpenChannels.Ends(reason -> {}, reason -> {});
    if (channels.register(established.peer(), established.evidence(), none)
        instanceof Admission.Refused refused) {
      throw new AltsProtocolException(Alert.REVOKED, refused.reason());
    }
    if (expected instanceof ServerExpectation.Named named) {
      switch (NamedServers.decide(now, named.target(), established.peer())) {
        case Allowed allowed -> {}
        case Denied denied -> throw new AltsProtocolException(Alert.UNAUTHORIZED, denied.reason());
      }
    }
  }

  private static Identity identity(PeerFacts peer) {
    Identity.Builder identity =
        Identity.newBuilder()
            .setServiceAccount(peer.spiffeId().toString())
            .putAttributes("kind", peer.kind().name());
    if (!peer.boundary().isEmpty()) {
      identity.putAttributes("boundary", peer.boundary());
    }
    return identity.build();
  }

  private static RpcProtocolVersions wire(RpcVersions versions) {
    return RpcProtocolVersions.newBuilder()
        .setMaxRpcVersion(wire(versions.max()))
        .setMinRpcVersion(wire(versions.min()))
        .build();
  }

  private static RpcProtocolVersions.Version wire(RpcVersions.Version version) {
    return RpcProtocolVersions.Version.newBuilder()
        .setMajor(version.major())
        .setMinor(version.minor())
        .build();
  }
}
