package dev.alts.cli.ca;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Set;

/**
 * A backup on its way into a file of mode 0600. Its last 32 bytes are the SHA-256 of all before;
 * that is all that altsctl knows about it.
 */
final class BackupFile {
  private static final int DIGEST_BYTES = 32;

  private BackupFile() {}

  /** The CA stopped in the middle. */
  static final class Incomplete extends IOException {
    private static final long serialVersionUID = 1L;

    Incomplete(long bytes) {
      super("%d bytes without their end".formatted(bytes));
    }
  }

  /**
   * {@return how many bytes came}
   *
   * @throws Incomplete if the end is missing; the file is gone then
   */
  static long receive(InputStream in, Path file) throws IOException {
    Files.deleteIfExists(file);
    try (FileChannel channel =
            FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
        OutputStream out = Channels.newOutputStream(channel)) {
      long size = copy(in, out);
      channel.force(true);
      return size;
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /** The digest runs 32 bytes behind what came, since only the end tells where they begin. */
  private static long copy(InputStream in, OutputStream out) throws IOException {
    MessageDigest digest = sha256();
    byte[] last = new byte[0];
    byte[] buffer = new byte[1 << 16];
    long size = 0;
    for (int read = read(in, buffer, size); read >= 0; read = read(in, buffer, size)) {
      out.write(buffer, 0, read);
      size += read;
      byte[] pending = Arrays.copyOf(last, last.length + read);
      System.arraycopy(buffer, 0, pending, last.length, read);
      int digested = Math.max(0, pending.length - DIGEST_BYTES);
      digest.update(pending, 0, digested);
      last = Arrays.copyOfRange(pending, digested, pending.length);
    }
    if (!MessageDigest.isEqual(digest.digest(), last)) {
      throw new Incomplete(size);
    }
    return size;
  }

  /** A connection that breaks is the CA's end, not our disk's. */
  private static int read(InputStream in, byte[] buffer, long before) throws Incomplete {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      Incomplete incomplete = new Incomplete(before);
      incomplete.initCause(e);
      throw incomplete;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
