package dev.alts.cli.probe;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.credentials.InvalidSnapshotException;
import dev.alts.credentials.SnapshotReader;
import dev.alts.crypto.X25519;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.handshake.HandshakeCertificate;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.x509.X509Svid;
import dev.alts.peer.CredentialSource;
import dev.alts.wire.handshake.v1.Credential;
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
      CredentialSnapshot complete = complete(documents, login, clock, random);
      return CredentialSource.of(new SnapshotReader(new PeerVerifier(), clock).read(complete));
    } catch (InvalidProtocolBufferException | InvalidSnapshotException e) {
      throw CommandFailedException.failed(
          "the CA's documents cannot be used: " + e.getMessage(), "log in again", e);
    }
  }

  private static CredentialSnapshot complete(
      CredentialSnapshot documents, Login login, InstantSource clock, SecureRandom random) {
    X509Svid master = login.master();
    AltsAttributes attributes = master.attributes().orElseThrow();
    byte[] privateKey = new byte[X25519.BYTES];
    random.nextBytes(privateKey);
    byte[] publicKey = X25519.available().getFirst().publicKey(privateKey);
    HandshakeCertificate certificate =
        HandshakeCertificate.make(
            EcdsaP256.best(), master, Bytes.copyOf(publicKey), VALIDITY, clock.instant());
    CredentialSnapshot.Builder complete =
        documents.toBuilder()
            .setSpiffeId(master.id().toString())
            .setKind(EntityKind.HUMAN)
            .setBoundary(attributes.boundary())
            .setMachine(attributes.machine())
            .setRevocationId(attributes.revocationId().value())
            .setIssuedAt(attributes.issuedAt().getEpochSecond())
            .setCredential(credential(certificate, master))
            // the message takes the array over; it ends with this process
            .setX25519PrivateKey(UnsafeByteOperations.unsafeWrap(privateKey))
            .setHandshakeNotAfter(certificate.notAfter().getEpochSecond())
            .setMasterNotAfter(master.leaf().notAfter().getEpochSecond());
    if (complete.getDomainsCount() > 0) {
      // our pin is the code's, whatever the answer says
      complete.getDomainsBuilder(0).setRootSpkiSha256(bytes(login.root().sha256()));
    }
    return complete.build();
  }

  private static Credential credential(HandshakeCertificate certificate, X509Svid master) {
    Credential.Builder credential =
        Credential.newBuilder().setHandshakeCertificate(bytes(certificate.encoded()));
    master.chain().forEach(der -> credential.addChain(bytes(der)));
    return credential.build();
  }

  private static ByteString bytes(Bytes value) {
    return ByteString.copyFrom(value.asByteBuffer());
  }
}
