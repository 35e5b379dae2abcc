package dev.alts.ca.issuance;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * An element of what may be DER: its tag and where its content is. Never reads beyond the bytes
 * that there are; what does not fit is cut. Good for a guess only.
 */
final class DerShape {
  private static final int MOST_CHILDREN = 16;

  private final byte[] data;
  private final int tag;
  private final int start;
  private final int end;
  private final boolean fits;

  private DerShape(byte[] data, int tag, int start, int end, boolean fits) {
    this.data = data;
    this.tag = tag;
    this.start = start;
    this.end = end;
    this.fits = fits;
  }

  /** {@return the element that these bytes begin with; without bytes one of tag 0} */
  static DerShape of(byte[] data) {
    return at(data, 0, data.length);
  }

  private static DerShape at(byte[] data, int from, int limit) {
    if (limit - from < 2) {
      return new DerShape(data, 0, limit, limit, false);
    }
    int first = data[from + 1] & 0xff;
    int lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    int start = from + 2 + lengthBytes;
    if (lengthBytes > 3 || start > limit) {
      return new DerShape(data, 0, limit, limit, false);
    }
    int length = lengthBytes == 0 ? first : 0;
    for (int i = 0; i < lengthBytes; i++) {
      length = (length << 8) | (data[from + 2 + i] & 0xff);
    }
    boolean fits = length <= limit - start;
    return new DerShape(data, data[from] & 0xff, start, fits ? start + length : limit, fits);
  }

  int tag() {
    return tag;
  }

  /** {@return whether it ends where the bytes end} */
  boolean isWhole() {
    return fits && end == data.length;
  }

  String hex() {
    return HexFormat.of().formatHex(data, start, end);
  }

  List<DerShape> children() {
    List<DerShape> children = new ArrayList<>();
    int position = start;
    while (position < end && children.size() < MOST_CHILDREN) {
      DerShape child = at(data, position, end);
      children.add(child);
      position = child.end;
    }
    return children;
  }
}
