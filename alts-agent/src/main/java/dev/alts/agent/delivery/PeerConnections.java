package dev.alts.agent.delivery;

import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections and the processes at their other ends. A user may have only so many, so that
 * none can use up the agent's descriptors; a connection whose process has ended is closed, since
 * whoever inherited it must not go on under that name (abuse-18).
 *
 * <p>Thread-safe.
 */
final class PeerConnections {
  private final int maxPerUser;
  private final Map<Channel, PeerProcess> open = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> perUser = new ConcurrentHashMap<>();

  PeerConnections(int maxPerUser) {
    this.maxPerUser = maxPerUser;
  }

  /**
   * {@return the process at the other end of {@code channel}, closed with it}
   *
   * @throws PeerLostException if it cannot be named, or its user has too many connections
   */
  PeerProcess admit(Channel channel) throws PeerLostException {
    ConnectedPeer peer = ConnectedPeer.of(channel);
    int uid = peer.uid();
    // Before the pidfd is taken: a refused connection costs no descriptor.
    if (perUser.merge(uid, 1, Integer::sum) > maxPerUser) {
      release(uid);
      throw new PeerLostException(
          "user %s: too many connections (limit %d)"
              .formatted(Integer.toUnsignedString(uid), maxPerUser));
    }
    PeerProcess process;
    try {
      process = peer.process();
    } catch (PeerLostException e) {
      release(uid);
      throw e;
    }
    open.put(channel, process);
    // Runs at once if the channel is closed already, so nothing is ever left behind (abuse-16).
    var _ = channel.closeFuture().addListener(closed -> forget(channel, process));
    return process;
  }

  /** Closes the connections of processes that have ended. */
  void closeOrphans() {
    open.forEach((channel, process) -> {
      try {
        process.requireUnchanged();
      } catch (PeerLostException gone) {
        var _ = channel.close();
      }
    });
  }

  int count() {
    return open.size();
  }

  private void forget(Channel channel, PeerProcess process) {
    open.remove(channel);
    process.close();
    release(process.uid());
  }

  private void release(int uid) {
    perUser.computeIfPresent(uid, (user, count) -> count > 1 ? count - 1 : null);
  }
}
