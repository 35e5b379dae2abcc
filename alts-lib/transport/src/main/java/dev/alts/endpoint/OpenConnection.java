package dev.alts.endpoint;

import dev.alts.handshake.Exporter;
import dev.alts.handshake.TrafficKeys;
import dev.alts.peer.CredentialSource.Registration;

/**
 * A connection that carries data: its record layer, and its place in the register of open
 * connections until it is closed. Closing may be repeated; it wipes the keys.
 */
public final class OpenConnection implements AutoCloseable {
  private final RecordLayer records;
  private final ChannelLife life;
  private Registration registration;
  private final TrafficKeys keys;

  /** Takes ownership of the registration and the keys. */
  OpenConnection(
      RecordLayer records, ChannelLife life, Registration registration, TrafficKeys keys) {
    this.records = records;
    this.life = life;
    this.registration = registration;
    this.keys = keys;
  }

  public RecordLayer records() {
    return records;
  }

  public ChannelLife life() {
    return life;
  }

  public Exporter exporter() {
    return keys.exporter();
  }

  /** Closes {@code other} with this connection. */
  void andOnClose(Registration other) {
    Registration first = registration;
    registration =
        () -> {
          first.close();
          other.close();
        };
  }

  @Override
  public void close() {
    registration.close();
    keys.close();
  }
}
