package dev.alts.ca.admin;

import dev.alts.identity.Bytes;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.springframework.core.io.AbstractResource;

/** Bytes as the body of an answer, of which strangers may ask for many: none is copied for each. */
final class BytesResource extends AbstractResource {
  private final Bytes bytes;

  BytesResource(Bytes bytes) {
    this.bytes = bytes;
  }

  @Override
  public long contentLength() {
    return bytes.length();
  }

  @Override
  public InputStream getInputStream() {
    ByteBuffer left = bytes.asByteBuffer();
    return new InputStream() {
      @Override
      public int read() {
        return left.hasRemaining() ? left.get() & 0xff : -1;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        if (!left.hasRemaining()) {
          return -1;
        }
        int count = Math.min(length, left.remaining());
        left.get(into, offset, count);
        return count;
      }
    };
  }

  @Override
  public String getDescription() {
    return bytes.length() + " bytes";
  }
}
