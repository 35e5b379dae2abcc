package dev.alts.handshake;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.peer.RpcVersions;
import dev.alts.peer.Suite;
import dev.alts.wire.handshake.v1.ClientInit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the server picks from ClientInit before it looks at ticket or credential (handshake.md
 * section 4). Nothing in common is NO_COMMON_PARAMETERS, never a default.
 *
 * @param transportProtocol empty: none in common
 * @param clientRpcVersions null: neither side says any
 */
record ServerChoice(
    Suite suite,
    String applicationProtocol,
    String transportProtocol,
    @Nullable RpcVersions clientRpcVersions) {

  static ServerChoice of(ClientInit init, Negotiation own) throws AltsProtocolException {
    Suite suite =
        init.getSuitesValueList().stream()
            .flatMap(number -> Suite.ofNumber(number).stream())
            .filter(own.suites()::contains)
            .findFirst()
            .orElseThrow(() -> nothingInCommon("suite"));
    String applicationProtocol =
        first(init.getApplicationProtocolsList(), own.applicationProtocols())
            .orElseThrow(() -> nothingInCommon("application protocol"));
    String transportProtocol =
        first(init.getTransportProtocolsList(), own.transportProtocols()).orElse("");
    return new ServerChoice(
        suite, applicationProtocol, transportProtocol, commonRpcVersions(init, own));
  }

  private static @Nullable RpcVersions commonRpcVersions(ClientInit init, Negotiation own)
      throws AltsProtocolException {
    RpcVersions ours = own.rpcVersions();
    if (init.hasRpcVersions() != (ours != null)) {
      throw nothingInCommon("rpc version (only one side says any)");
    }
    if (ours == null) {
      return null;
    }
    RpcVersions theirs = MessageRules.rpcVersions(init.getRpcVersions());
    if (!ours.overlaps(theirs)) {
      throw nothingInCommon("rpc version");
    }
    return theirs;
  }

  private static Optional<String> first(List<String> wanted, List<String> supported) {
    return wanted.stream().filter(supported::contains).findFirst();
  }

  static AltsProtocolException nothingInCommon(String what) {
    return new AltsProtocolException(Alert.NO_COMMON_PARAMETERS, "no common " + what);
  }
}
