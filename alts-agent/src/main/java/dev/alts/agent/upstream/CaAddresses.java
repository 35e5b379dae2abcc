package dev.alts.agent.upstream;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Where the CA's replicas listen: any of them will do. */
public record CaAddresses(List<CaAddress> all) {
  public CaAddresses {
    all = List.copyOf(all);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("--ca: no address (expected: HOST:PORT[,HOST:PORT...])");
    }
  }

  /**
   * {@return the addresses that {@code text} is, {@code HOST:PORT[,HOST:PORT...]}}
   *
   * @throws IllegalArgumentException with a sentence for the operator
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
