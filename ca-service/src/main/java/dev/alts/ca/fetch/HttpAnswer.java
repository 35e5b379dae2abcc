package dev.alts.ca.fetch;

import dev.alts.identity.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer to one GET (RFC 9112), and no more of HTTP than that: what is unusual is refused.
 * Memory grows with what came, never with what was announced.
 */
final class HttpAnswer {
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final int MAX_CHUNK_LINE = 256;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})[ \\t]*(;.*)?");
  private static final Pattern MAX_AGE =
      Pattern.compile("(?:^|[, ])max-age=\"?(\\d{1,9})\"?(?:$|[, ])");

  private HttpAnswer() {}

  /** The server answered with something that is no use. */
  static final class RefusedException extends IOException {
    @Serial private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  private record Head(int status, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  static Fetched read(InputStream in, int maxBytes) throws IOException {
    Head head = head(in);
    if (head.status() >= 300 && head.status() < 400) {
      throw new RefusedException(
          "a redirect, which is not followed (status %d)".formatted(head.status()));
    }
    if (head.status() != 200) {
      throw new RefusedException("status %d (expected: 200)".formatted(head.status()));
    }
    String encoding = head.header("content-encoding");
    if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity")) {
      throw new RefusedException("a compressed answer, which was not asked for");
    }
    return new Fetched(Bytes.adopt(body(head, in, maxBytes)), maxAge(head));
  }

  private static Head head(InputStream in) throws IOException {
    int[] left = {MAX_HEAD_BYTES};
    Matcher status = STATUS.matcher(line(in, left));
    if (!status.matches()) {
      throw new RefusedException("no HTTP/1.1 answer");
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
      Matcher header = HEADER.matcher(line);
      if (!header.matches()) {
        throw new RefusedException("a malformed header");
      }
      String name = header.group(1).toLowerCase(Locale.ROOT);
      String before = headers.put(name, header.group(2));
      // Two lengths are how two readers come to see two answers.
      if (before != null && (name.equals("content-length") || name.equals("transfer-encoding"))) {
        throw new RefusedException("the header %s twice".formatted(name));
      }
    }
    return new Head(Integer.parseInt(status.group(1)), headers);
  }

  private static byte[] body(Head head, InputStream in, int maxBytes) throws IOException {
    String coding = head.header("transfer-encoding");
    String length = head.header("content-length");
    if (!coding.isEmpty()) {
      if (!coding.equalsIgnoreCase("chunked") || !length.isEmpty()) {
        throw new RefusedException("a transfer coding other than chunked alone");
      }
      return chunked(in, maxBytes);
    }
    if (length.isEmpty()) {
      byte[] body = in.readNBytes(maxBytes + 1);
      requireAtMost(maxBytes, body.length);
      return body;
    }
    if (!length.matches("\\d{1,18}")) {
      throw new RefusedException("a malformed content-length");
    }
    requireAtMost(maxBytes, Long.parseLong(length));
    return exactly(in, Integer.parseInt(length));
  }

  private static byte[] chunked(InputStream in, int maxBytes) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      Matcher chunk = CHUNK.matcher(line(in, new int[] {MAX_CHUNK_LINE}));
      if (!chunk.matches()) {
        throw new RefusedException("a malformed chunk");
      }
      long size = Long.parseLong(chunk.group(1), 16);
      if (size == 0) {
        // Trailers are of no use; the connection ends here.
        return body.toByteArray();
      }
      requireAtMost(maxBytes, body.size() + size);
      body.write(exactly(in, (int) size));
      if (!line(in, new int[] {2}).isEmpty()) {
        throw new RefusedException("a malformed chunk");
      }
    }
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the answer ends too early");
    }
    return bytes;
  }

  private static void requireAtMost(int maxBytes, long bytes) throws RefusedException {
    if (bytes > maxBytes) {
      throw new RefusedException("more than %d bytes".formatted(maxBytes));
    }
  }

  private static String line(InputStream in, int[] left) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the answer ends too early");
      }
      if (--left[0] < 0) {
        throw new RefusedException("a head of more than %d bytes".formatted(MAX_HEAD_BYTES));
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private static Duration maxAge(Head head) {
    String control = head.header("cache-control").toLowerCase(Locale.ROOT);
    Matcher maxAge = MAX_AGE.matcher(control);
    boolean forbidden = control.contains("no-store") || control.contains("no-cache");
    return !forbidden && maxAge.find()
        ? Duration.ofSeconds(Long.parseLong(maxAge.group(1)))
        : Duration.ZERO;
  }
}
