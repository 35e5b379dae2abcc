package dev.alts.ca.resumption;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** {@code Expand(root, "resumption key", SHA-256(...), 32)} of handshake.md sections 2 and 11. */
final class ResumptionKeyDerivation {
  private static final String LABEL = "ALTS/1 resumption key";
  private static final int LENGTH = 32;

  private ResumptionKeyDerivation() {}

  static SecretBytes derive(SecretBytes root, SpiffeId identity, String boundary, int generation) {
    byte[] key = root.exposeCopy();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(info(context(identity, boundary, generation)));
      // HKDF-Expand with 32 bytes out of SHA-256 is exactly one block.
      mac.update((byte) 1);
      return SecretBytes.adopt(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has HmacSHA256", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] info(Bytes context) {
    byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream info = new ByteArrayOutputStream();
    info.write(LENGTH >>> 8);
    info.write(LENGTH);
    info.write(label.length);
    info.writeBytes(label);
    info.write(context.length());
    info.writeBytes(context.toByteArray());
    return info.toByteArray();
  }

  private static Bytes context(SpiffeId identity, String boundary, int generation) {
    byte[] id = identity.toString().getBytes(StandardCharsets.UTF_8);
    byte[] place = boundary.getBytes(StandardCharsets.UTF_8);
    return Sha256.of(le32(id.length), id, le32(place.length), place, le32(generation));
  }

  private static byte[] le32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
