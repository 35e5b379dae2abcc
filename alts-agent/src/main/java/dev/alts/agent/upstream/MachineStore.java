package dev.alts.agent.upstream;

import dev.alts.agent.attestation.FileStatus;
import dev.alts.agent.attestation.OwnProcess;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The agent's data directory: the machine's keys and the newest trust document, so that a restart
 * needs neither a join token nor trust from scratch. Directory 0700, files 0600, replaced as a
 * whole. The keys are not encrypted: without a TPM a key to do so would lie beside them.
 */
public final class MachineStore {
  private static final String FORMAT = "alts-agent machine 1";
  private static final int MAX_FIELD_BYTES = 1 << 20;

  private final Path directory;

  /** What the last run left. */
  public record Stored(MachineIdentity identity, Verified<TrustDocument> trust) {}

  private MachineStore(Path directory) {
    this.directory = directory;
  }

  /**
   * {@return the store in {@code directory}, made if it is absent}
   *
   * @throws IOException with a sentence for the operator if others have access to it
   */
  public static MachineStore in(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    FileStatus status = FileStatus.of(directory);
    if (status.uid() != OwnProcess.uid() || status.isOpenToOthers()) {
      throw new IOException(
          "data directory %s: %s (expected: user %d, mode 700)"
              .formatted(directory, status, OwnProcess.uid()));
    }
    return new MachineStore(directory);
  }

  /**
   * Keeps other agents out of the directory until it is closed: two would be two users of one
   * machine's credentials, which the CA stops.
   *
   * @throws IOException with a sentence for the operator if there is another one
   */
  public AutoCloseable claim() throws IOException {
    FileChannel lock =
        FileChannel.open(
            directory.resolve("lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (lock.tryLock() != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Another one in this process; said below.
    }
    lock.close();
    throw new IOException(
        "data directory %s: another agent uses it (expected: one for each)".formatted(directory));
  }

  /**
   * {@return what the last run left, if there was one}
   *
   * @throws IOException if something is there that cannot be used
   */
  public Optional<Stored> load(RandomGenerator random) throws IOException {
    Path machine = machineFile();
    if (!Files.exists(machine)) {
      return Optional.empty();
    }
    byte[] content = Files.readAllBytes(machine);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      if (!in.readUTF().equals(FORMAT)) {
        throw new IOException("%s: not a file of this agent".formatted(machine));
      }
      MachineCredentials wire = MachineCredentials.parseFrom(field(in));
      KeyPair master = keyPair(field(in), wire.getMaster().getChain(0).toByteArray());
      KeyPair tls = keyPair(field(in), wire.getTls().getChain(0).toByteArray());
      MachineIdentity identity = MachineIdentity.of(wire, new MachineKeyPairs(master, tls), random);
      return Optional.of(new Stored(identity, loadTrust()));
    } catch (InvalidCertificateException | InvalidDocumentException | IndexOutOfBoundsException e) {
      throw new IOException(
          "%s: cannot be used (%s); remove it and start with a join token"
              .formatted(machine, e.getMessage()),
          e);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private Verified<TrustDocument> loadTrust() throws IOException, InvalidDocumentException {
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(trustFile())))) {
      RootFingerprint pinned = new RootFingerprint(Bytes.copyOf(field(in)));
      SignedDocument signed = SignedDocument.parseFrom(field(in));
      return new Verified<>(signed, TrustDocument.open(signed, pinned));
    }
  }

  /** Keeps the machine's identity. */
  public void save(MachineIdentity identity) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(FORMAT);
      write(out, identity.wire().toByteArray());
      write(out, identity.keys().master().getPrivate().getEncoded());
      write(out, identity.keys().tls().getPrivate().getEncoded());
    }
    byte[] content = bytes.toByteArray();
    replace(machineFile(), content);
    Arrays.fill(content, (byte) 0);
  }

  /** Keeps the newest trust document and its root, below whose sequence no later run will go. */
  public void save(Verified<TrustDocument> trust) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      write(out, trust.document().rootFingerprint().sha256().toByteArray());
      write(out, trust.signed().toByteArray());
    }
    replace(trustFile(), bytes.toByteArray());
  }

  /** Keeps the newest checkpoint of the CA's audit log, as it was signed. */
  void saveCheckpoint(SignedDocument checkpoint) throws IOException {
    replace(checkpointFile(), checkpoint.toByteArray());
  }

  /** {@return the newest checkpoint of the CA's audit log that was kept} */
  Optional<SignedDocument> loadCheckpoint() throws IOException {
    return Files.exists(checkpointFile())
        ? Optional.of(SignedDocument.parseFrom(Files.readAllBytes(checkpointFile())))
        : Optional.empty();
  }

  private Path checkpointFile() {
    return directory.resolve("audit-checkpoint");
  }

  private Path machineFile() {
    return directory.resolve("machine");
  }

  private Path trustFile() {
    return directory.resolve("trust-document");
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        FileChannel.open(
            next,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        var _ = channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    // The name is durable only then: who came up after a power failure with the certificate before
    // would look like a copy of the machine (ADR 25 of the CA).
    try (FileChannel parent = FileChannel.open(next.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static void write(DataOutputStream out, byte[] field) throws IOException {
    out.writeInt(field.length);
    out.write(field);
  }

  private static byte[] field(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_FIELD_BYTES) {
      throw new IOException("stored machine: field of %d bytes".formatted(length));
    }
    return in.readNBytes(length);
  }

  private static KeyPair keyPair(byte[] pkcs8, byte[] certificate)
      throws InvalidCertificateException {
    EcdsaP256 ecdsa = EcdsaP256.best();
    try {
      Bytes spki = SvidCertificate.parse(Bytes.copyOf(certificate)).spki();
      return new KeyPair(ecdsa.decodePublicKey(spki), ecdsa.decodePrivateKey(pkcs8));
    } catch (IllegalArgumentException e) {
      throw new InvalidCertificateException("stored machine: key is damaged", e);
    } finally {
      Arrays.fill(pkcs8, (byte) 0);
    }
  }
}
