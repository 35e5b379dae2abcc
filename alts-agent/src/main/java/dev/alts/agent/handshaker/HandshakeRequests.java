package dev.alts.agent.handshaker;

import dev.alts.agent.delivery.DeliveryException;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.api.handshaker.HandshakeProtocol;
import dev.alts.api.handshaker.Identity;
import dev.alts.api.handshaker.RpcProtocolVersions;
import dev.alts.api.handshaker.ServerHandshakeParameters;
import dev.alts.api.handshaker.StartClientHandshakeReq;
import dev.alts.api.handshaker.StartServerHandshakeReq;
import dev.alts.handshake.Negotiation;
import dev.alts.handshake.ServerExpectation;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RpcVersions;
import dev.alts.peer.RpcVersions.Version;
import dev.alts.peer.Suite;
import dev.alts.record.MaxFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the requests that begin a handshake; each breach is the caller's and says what to do. */
final class HandshakeRequests {
  private static final int MAX_IDENTITIES = 16;
  private static final int MAX_TARGET_LENGTH = 1_024;

  private HandshakeRequests() {}

  /**
   * What a client wants.
   *
   * @param localId one of the identities of the process; empty: its default one
   * @param demand what is demanded of the server, in words that differ when demands differ
   */
  record Client(
      String localId,
      String target,
      ServerExpectation expected,
      String demand,
      List<String> recordProtocols,
      Negotiation negotiation) {}

  /**
   * What a server wants.
   *
   * @param localIds the first that the process may use; empty: its default one
   */
  record Server(List<String> localIds, List<String> recordProtocols, Negotiation negotiation) {}

  static Client client(StartClientHandshakeReq request) throws DeliveryException {
    require(
        request.getHandshakeSecurityProtocol() == HandshakeProtocol.ALTS,
        "handshake_security_protocol: %s (expected: ALTS)"
            .formatted(request.getHandshakeSecurityProtocol()));
    require(
        request.getTargetName().length() <= MAX_TARGET_LENGTH,
        "target_name: longer than " + MAX_TARGET_LENGTH);
    String target = request.getTargetName();
    Set<String> servers =
        new TreeSet<>(ids("target_identities", request.getTargetIdentitiesList()));
    return new Client(
        request.hasLocalIdentity() ? id("local_identity", request.getLocalIdentity()) : "",
        target,
        servers.isEmpty() ? new ServerExpectation.Named(target) : oneOf(servers),
        servers.isEmpty() ? "naming policy" : "one of " + String.join(" ", servers),
        recordProtocols(request.getRecordProtocolsList()),
        negotiation(
            request.getApplicationProtocolsList(),
            request.getTransportProtocolPreferences().getTransportProtocolList(),
            request.getRpcVersions(),
            request.getMaxFrameSize()));
  }

  static Server server(StartServerHandshakeReq request) throws DeliveryException {
    ServerHandshakeParameters parameters =
        request.getHandshakeParametersMap().get(HandshakeProtocol.ALTS_VALUE);
    if (parameters == null) {
      throw bad("handshake_parameters: none for ALTS (expected: key 2)");
    }
    return new Server(
        List.copyOf(ids("local_identities", parameters.getLocalIdentitiesList())),
        recordProtocols(parameters.getRecordProtocolsList()),
        negotiation(
            request.getApplicationProtocolsList(),
            request.getTransportProtocolPreferences().getTransportProtocolList(),
            request.getRpcVersions(),
            request.getMaxFrameSize()));
  }

  static DeliveryException bad(String sentence) {
    return new DeliveryException(Reason.BAD_REQUEST, sentence);
  }

  private static ServerExpectation oneOf(Set<String> servers) {
    return new ServerExpectation.Explicit(
        PeerAuthorizer.anyOf(servers.stream().map(SpiffeId::parse).collect(Collectors.toSet())));
  }

  private static List<String> recordProtocols(List<String> names) throws DeliveryException {
    require(!names.isEmpty(), "record_protocols: none (expected: ALTSRP_GCM_AES128_REKEY)");
    return List.copyOf(names);
  }

  private static Negotiation negotiation(
      List<String> application,
      List<String> transport,
      RpcProtocolVersions versions,
      int maxFrameSize)
      throws DeliveryException {
    try {
      return new Negotiation(
          List.of(Suite.values()),
          application,
          transport,
          versions(versions),
          // 0 is a stack that does not say; what all accept is the smallest.
          MaxFrame.clamp(maxFrameSize),
          false);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  /** A stack that says nothing speaks what all do. */
  private static RpcVersions versions(RpcProtocolVersions versions) {
    return versions.hasMaxRpcVersion() || versions.hasMinRpcVersion()
        ? new RpcVersions(
            version(versions.getMaxRpcVersion()), version(versions.getMinRpcVersion()))
        : RpcVersions.GRPC;
  }

  private static Version version(RpcProtocolVersions.Version version) {
    return new Version(version.getMajor(), version.getMinor());
  }

  private static List<String> ids(String field, List<Identity> identities)
      throws DeliveryException {
    require(
        identities.size() <= MAX_IDENTITIES,
        "%s: %d (expected: at most %d)".formatted(field, identities.size(), MAX_IDENTITIES));
    List<String> ids = new ArrayList<>();
    for (Identity identity : identities) {
      String id = id(field, identity);
      require(!id.isEmpty(), field + ": one without service_account");
      ids.add(id);
    }
    return ids;
  }

  private static String id(String field, Identity identity) throws DeliveryException {
    return switch (identity.getIdentityOneofCase()) {
      case IDENTITYONEOF_NOT_SET -> "";
      case HOSTNAME -> throw bad(field + ": hostname (expected: service_account, a SPIFFE ID)");
      case SERVICE_ACCOUNT -> {
        String account = identity.getServiceAccount();
        if (account.isEmpty()) {
          yield "";
        }
        try {
          yield SpiffeId.parse(account).toString();
        } catch (IllegalArgumentException e) {
          throw bad("%s: %s".formatted(field, e.getMessage()));
        }
      }
    };
  }

  private static void require(boolean condition, String sentence) throws DeliveryException {
    if (!condition) {
      throw bad(sentence);
    }
  }
}
