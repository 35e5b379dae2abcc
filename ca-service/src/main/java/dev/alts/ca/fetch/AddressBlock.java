package dev.alts.ca.fetch;

import java.net.InetAddress;
import java.util.Arrays;

/** Addresses that begin with the same bits: {@code 10.0.0.0/8}, {@code fc00::/7}. */
public record AddressBlock(InetAddress first, int bits) {
  public AddressBlock {
    byte[] address = first.getAddress();
    if (bits < 0 || bits > address.length * 8) {
      throw new IllegalArgumentException(
          "network: /%d (expected: at most /%d)".formatted(bits, address.length * 8));
    }
  }

  /**
   * {@return the block that {@code text} is}
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    try {
      return new AddressBlock(
          InetAddress.ofLiteral(text.substring(0, Math.max(slash, 0))),
          Integer.parseInt(text.substring(slash + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "network: \"%s\" (expected: ADDRESS/BITS, such as 10.20.0.0/16)".formatted(text), e);
    }
  }

  /** {@return whether {@code address} is one of them} */
  public boolean contains(InetAddress address) {
    byte[] ours = first.getAddress();
    byte[] other = address.getAddress();
    if (ours.length != other.length) {
      return false;
    }
    int whole = bits / 8;
    int rest = bits % 8;
    if (!Arrays.equals(ours, 0, whole, other, 0, whole)) {
      return false;
    }
    int mask = 0xff << (8 - rest) & 0xff;
    return rest == 0 || (ours[whole] & mask) == (other[whole] & mask);
  }

  @Override
  public String toString() {
    return first.getHostAddress() + "/" + bits;
  }
}
