package dev.alts.ca.fetch;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a connection may go: to the public Internet, and to the private networks that the operator
 * of the CA lists. Link-local addresses, where clouds keep their secrets, never (abuse-44).
 */
public final class AddressPolicy {
  /**
   * Not global unicast by IANA's special-purpose registries, or able to stand for another address.
   */
  private static final List<AddressBlock> NOT_PUBLIC =
      blocks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "::/3",
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20",
          "4000::/2",
          "8000::/1");

  private static final List<AddressBlock> NEVER =
      blocks("169.254.0.0/16", "224.0.0.0/3", "fe80::/10", "fd00:ec2::/32", "ff00::/8", "::/128");

  private final List<AddressBlock> privateNetworks;

  public AddressPolicy(List<AddressBlock> privateNetworks) {
    this.privateNetworks = List.copyOf(privateNetworks);
  }

  /** {@return why no connection may go to {@code address}, or empty if one may} */
  public Optional<String> objection(InetAddress address) {
    InetAddress real = unwrapped(address);
    if (isIn(NEVER, real)) {
      return Optional.of("link-local, multicast or reserved");
    }
    if (isIn(NOT_PUBLIC, real) && !isIn(privateNetworks, real)) {
      return Optional.of(
          "not a public address, and in none of the networks of alts.ca.fetch.private-networks");
    }
    return Optional.empty();
  }

  /** An IPv4 address in an IPv6 one is judged as what it is: mapped, and by the NAT64 prefix. */
  private static InetAddress unwrapped(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean holdsIpv4 =
        address instanceof Inet6Address
            && (AddressBlock.parse("64:ff9b::/96").contains(address)
                || (isZero(bytes, 10) && bytes[10] == -1 && bytes[11] == -1));
    if (!holdsIpv4) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  private static boolean isZero(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIn(List<AddressBlock> blocks, InetAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }

  private static List<AddressBlock> blocks(String... texts) {
    return Arrays.stream(texts).map(AddressBlock::parse).toList();
  }
}
