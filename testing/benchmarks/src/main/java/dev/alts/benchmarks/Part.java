package dev.alts.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * Cases of one benchmark that run one after the other.
 *
 * @param parameters those that have only some of their values
 */
record Part(String benchmark, Map<String, List<String>> parameters) {

  /** {@return all cases of the table} What JMH's parameters cannot say is which are none. */
  static List<Part> all() {
    return List.of(
        part("PrimitivesBenchmark"),
        part("HandshakeBenchmark", "contender", "ALTS", "TCNATIVE", "CONSCRYPT"),
        new Part(
            "HandshakeBenchmark",
            Map.of("contender", List.of("JSSE"), "group", List.of("CLASSICAL"))),
        new Part("UnseenBenchmark", Map.of("contender", List.of("ALTS"), "pkix", List.of("STOCK"))),
        part("UnseenBenchmark", "contender", "TCNATIVE", "CONSCRYPT"),
        part("ResumptionBenchmark", "resumption", "FORWARD_SECRET"),
        new Part(
            "ResumptionBenchmark",
            Map.of(
                "contender", List.of("ALTS"),
                "group", List.of("CLASSICAL"),
                "resumption", List.of("SYMMETRIC"))),
        part("ReconnectBenchmark"),
        part("ColdBenchmark"),
        part(
            "RecordBenchmark",
            "protocol",
            "ALTS_GCM",
            "ALTS_GMAC",
            "ALTS_VMAC",
            "TLS_TCNATIVE",
            "GRPC_ALTS"));
  }

  /** {@return whether each process measures its first work and nothing else} */
  boolean isCold() {
    return benchmark.equals("ColdBenchmark");
  }

  private static Part part(String benchmark) {
    return new Part(benchmark, Map.of());
  }

  private static Part part(String benchmark, String parameter, String... values) {
    return new Part(benchmark, Map.of(parameter, List.of(values)));
  }

  @Override
  public String toString() {
    return parameters.isEmpty() ? benchmark : benchmark + " " + parameters;
  }
}
