package dev.alts.cli.ca;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where the REST interfaces of the CA's replicas are: any of them will do. */
public record CaAddresses(List<CaAddress> all) {
  public CaAddresses {
    all = List.copyOf(all);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("CA address: none (expected: HOST:PORT[,HOST:PORT...])");
    }
  }

  /**
   * {@return the addresses that {@code text} is, each HOST, HOST:PORT or [IPV6]:PORT, with commas
   * between them}
   *
   * @throws IllegalArgumentException if one is none
   */
  public static CaAddresses parse(String text) {
    return new CaAddresses(
        Arrays.stream(text.split(",", -1)).map(String::strip).map(CaAddress::parse).toList());
  }

  @Override
  public String toString() {
    return all.stream().map(CaAddress::toString).collect(Collectors.joining(","));
  }
}
