package dev.alts.ca.backup;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bytes of a backup: {@link #MAGIC}, a gzip stream of records, and the SHA-256 of both, so that
 * one that was cut off or damaged is found before anything is read from it.
 */
final class BackupFormat {
  static final byte[] MAGIC = "ALTS-CA-BACKUP-1".getBytes(StandardCharsets.US_ASCII);
  static final int DIGEST_BYTES = 32;

  static final int PARTITION = 'P';
  static final int TABLE = 'T';
  static final int SEQUENCE = 'S';
  static final int END = 'E';

  private static final int MAX_HEADER_BYTES = 1 << 16;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private BackupFormat() {}

  static void writeHeader(DataOutputStream out, BackupHeader header) throws IOException {
    byte[] json = JSON.writeValueAsBytes(header);
    out.writeInt(json.length);
    out.write(json);
  }

  static BackupHeader readHeader(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length <= 0 || length > MAX_HEADER_BYTES) {
      throw new IOException("header: %d bytes".formatted(length));
    }
    return JSON.readValue(in.readNBytes(length), BackupHeader.class);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
