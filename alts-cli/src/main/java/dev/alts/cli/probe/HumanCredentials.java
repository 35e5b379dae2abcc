package dev.alts.cli.probe;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.cli.snapshot.SnapshotCompletion;
import dev.alts.credentials.InvalidSnapshotException;
import dev.alts.credentials.SnapshotReader;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.CredentialSource;
import dev.alts.wire.handshake.v1.EntityKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** The human's own credentials: public documents from the CA, a handshake certificate from here. */
final class HumanCredentials {
  private static final Duration VALIDITY = Duration.ofMinutes(10);

  private HumanCredentials() {}

  static CredentialSource of(Login login, CaClient ca, InstantSource clock, SecureRandom random) {
    try {
      CredentialSnapshot documents = CredentialSnapshot.parseFrom(ca.getProtobuf("/v1/documents"));
      // our pin is the code's, whatever the answer says
      CredentialSnapshot complete =
          new SnapshotCompletion(clock, random)
              .complete(documents, EntityKind.HUMAN, login.master(), VALIDITY, login.root());
      return CredentialSource.of(new SnapshotReader(new PeerVerifier(), clock).read(complete));
    } catch (InvalidProtocolBufferException | InvalidSnapshotException e) {
      throw CommandFailedException.failed(
          "the CA's documents cannot be used: " + e.getMessage(), "log in again", e);
    }
  }
}
