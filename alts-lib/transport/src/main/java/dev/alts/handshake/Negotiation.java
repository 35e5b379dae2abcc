package dev.alts.handshake;

import dev.alts.peer.RpcVersions;
import dev.alts.peer.Suite;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this party brings to the negotiation (handshake.md section 4). Record protocols are not
 * here: the credential's record policy rules them.
 *
 * @param suites clients: by preference; servers: those allowed
 * @param applicationProtocols by preference, at least one
 * @param transportProtocols may be empty
 * @param rpcVersions null: none, and then the peer must not say any either
 * @param maxFrameBytes largest frame that we accept, 16,384 to 1,048,576
 * @param requirePrivacy never integrity-only on this connection, whatever the policy allows
 */
public record Negotiation(
    List<Suite> suites,
    List<String> applicationProtocols,
    List<String> transportProtocols,
    @Nullable RpcVersions rpcVersions,
    int maxFrameBytes,
    boolean requirePrivacy) {
  /** What gRPC says: hybrid first, classical as well, 128 KiB frames. */
  public static final Negotiation GRPC =
      new Negotiation(
          List.of(Suite.values()), List.of("grpc"), List.of(), RpcVersions.GRPC, 128 * 1024, false);

  public Negotiation {
    suites = List.copyOf(suites);
    applicationProtocols = List.copyOf(applicationProtocols);
    transportProtocols = List.copyOf(transportProtocols);
    requireSize("suites", suites, 1);
    requireSize("application protocols", applicationProtocols, 1);
    requireSize("transport protocols", transportProtocols, 0);
    applicationProtocols.forEach(Negotiation::requireName);
    transportProtocols.forEach(Negotiation::requireName);
    if (maxFrameBytes < 16_384 || maxFrameBytes > 1_048_576) {
      throw new IllegalArgumentException(
          "max frame: %d bytes (expected: 16384 to 1048576)".formatted(maxFrameBytes));
    }
  }

  private static void requireSize(String what, List<?> list, int min) {
    if (list.size() < min || list.size() > MessageRules.MAX_LIST_ENTRIES) {
      throw new IllegalArgumentException(
          "%s: %d entries (expected: %d to %d)"
              .formatted(what, list.size(), min, MessageRules.MAX_LIST_ENTRIES));
    }
  }

  private static void requireName(String name) {
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MessageRules.MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "protocol name \"%s\": %d bytes (expected: 1 to %d)"
              .formatted(name, length, MessageRules.MAX_NAME_BYTES));
    }
  }
}
