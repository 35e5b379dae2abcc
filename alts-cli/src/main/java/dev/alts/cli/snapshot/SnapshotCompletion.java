package dev.alts.cli.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.crypto.X25519;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.handshake.HandshakeCertificate;
import dev.alts.identity.x509.X509Svid;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.EntityKind;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** Adds a handshake certificate with a new key to documents. */
public final class SnapshotCompletion {
  private final InstantSource clock;
  private final SecureRandom random;

  public SnapshotCompletion(InstantSource clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /**
   * {@return the documents with a credential}
   *
   * @param validity of the handshake certificate, at most what is left of {@code master}
   * @param root our pin, whatever the documents say
   */
  public CredentialSnapshot complete(
      CredentialSnapshot documents,
      EntityKind kind,
      X509Svid master,
      Duration validity,
      RootFingerprint root) {
    AltsAttributes attributes = master.attributes().orElseThrow();
    byte[] privateKey = new byte[X25519.BYTES];
    random.nextBytes(privateKey);
    byte[] publicKey = X25519.available().getFirst().publicKey(privateKey);
    HandshakeCertificate certificate =
        HandshakeCertificate.make(
            EcdsaP256.best(), master, Bytes.copyOf(publicKey), validity, clock.instant());
    CredentialSnapshot.Builder complete =
        documents.toBuilder()
            .setSpiffeId(master.id().toString())
            .setKind(kind)
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
      complete.getDomainsBuilder(0).setRootSpkiSha256(bytes(root.sha256()));
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
