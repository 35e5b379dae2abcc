package dev.alts.endpoint;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.OpenChannels;
import dev.alts.peer.OpenChannels.Admission.Admitted;
import dev.alts.peer.OpenChannels.Admission.Refused;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The open connections of one endpoint. Thread-safe. */
final class Connections {
  private final HandshakeEnvironment environment;
  private final boolean isClient;
  private final int ownMaxFrameBytes;
  private @Nullable OpenChannels register;

  Connections(HandshakeEnvironment environment, boolean isClient, int ownMaxFrameBytes) {
    this.environment = environment;
    this.isClient = isClient;
    this.ownMaxFrameBytes = ownMaxFrameBytes;
  }

  OpenConnection open(
      Established established, ConnectionControl control, Supplier<CredentialSnapshot> newest)
      throws AltsProtocolException {
    return switch (register(newest)
        .register(established.peer(), established.evidence(), ends(control, newest))) {
      case Admitted admitted ->
          new OpenConnection(
              RecordLayer.of(environment.crypto(), established, ownMaxFrameBytes, isClient),
              ChannelLife.of(
                  newest.get(),
                  established.evidence().facts(),
                  environment.clock().instant(),
                  environment.random()),
              admitted.registration(),
              established.keys());
      case Refused refused -> throw new AltsProtocolException(Alert.REVOKED, refused.reason());
    };
  }

  private OpenChannels.Ends ends(ConnectionControl control, Supplier<CredentialSnapshot> newest) {
    return new OpenChannels.Ends(
        control::cut,
        reason ->
            control.replaceAfter(
                ChannelLife.taintedDelay(environment.random()),
                reason,
                newest.get().maxChannelLife()));
  }

  /**
   * Judges all connections by a new state. Under the same lock as the register's birth: else it
   * could be born with the old state and miss this one.
   */
  synchronized void credentialChanged(CredentialSnapshot snapshot) {
    if (register != null) {
      register.update(snapshot);
    }
  }

  synchronized int size() {
    return register == null ? 0 : register.size();
  }

  private synchronized OpenChannels register(Supplier<CredentialSnapshot> newest) {
    if (register == null) {
      register = new OpenChannels(environment.verifier(), environment.clock(), newest.get());
    }
    return register;
  }
}
