package dev.alts.cli.spire;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Passes on at most {@link #LIMIT} characters for each object, so that none fills the memory. */
final class BoundedReader extends FilterReader {
  static final int LIMIT = 1 << 20;

  private long left = LIMIT;

  BoundedReader(Reader reader) {
    super(reader);
  }

  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** The next object begins; what is buffered of it already is not counted. */
  void begin() {
    left = LIMIT;
  }

  @Override
  public int read() throws IOException {
    char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    if (left <= 0) {
      throw new TooLongException();
    }
    int count = super.read(buffer, offset, (int) Math.min(length, left));
    left -= Math.max(count, 0);
    return count;
  }
}
