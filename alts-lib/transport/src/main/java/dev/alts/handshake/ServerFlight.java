package dev.alts.handshake;

import dev.alts.identity.Bytes;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.ChannelEvidence;
import java.time.Instant;
import java.util.Arrays;

/**
 * What the server has sent, and all that it still needs: which authenticator proves the client, and
 * the keys that apply then. The secrets they came from are wiped already. Does not print secrets.
 */
final class ServerFlight implements AutoCloseable {
  private final Bytes frames;
  private final byte[] clientAuthenticator;
  private final Instant clientNotAfter;
  private final AltsPeer peer;
  private final ChannelEvidence evidence;
  private final TrafficKeys keys;

  ServerFlight(
      Bytes frames,
      byte[] clientAuthenticator,
      Instant clientNotAfter,
      AltsPeer peer,
      ChannelEvidence evidence,
      TrafficKeys keys) {
    this.frames = frames;
    this.clientAuthenticator = clientAuthenticator;
    this.clientNotAfter = clientNotAfter;
    this.peer = peer;
    this.evidence = evidence;
    this.keys = keys;
  }

  /** {@return ServerInit and ServerFinished, which go together} */
  Bytes frames() {
    return frames;
  }

  byte[] clientAuthenticator() {
    return clientAuthenticator;
  }

  Instant clientNotAfter() {
    return clientNotAfter;
  }

  AltsPeer peer() {
    return peer;
  }

  ChannelEvidence evidence() {
    return evidence;
  }

  /** {@return the keys, which the caller owns from now on} */
  TrafficKeys handOverKeys() {
    Arrays.fill(clientAuthenticator, (byte) 0);
    return keys;
  }

  @Override
  public void close() {
    Arrays.fill(clientAuthenticator, (byte) 0);
    keys.close();
  }

  @Override
  public String toString() {
    return "ServerFlight[to %s, redacted]".formatted(peer.id());
  }
}
