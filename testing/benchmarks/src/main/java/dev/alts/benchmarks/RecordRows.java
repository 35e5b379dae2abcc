package dev.alts.benchmarks;

import java.util.List;

/** The table's rows about records. */
final class RecordRows {
  private static final String NOTE = "protect + unprotect, pooled direct in and out, warm";
  private static final int KIB_16 = 16 * 1024;

  /** What records of one size are to reach beside tcnative and grpc-alts; 0: nothing. */
  private record Reach(int bytes, double tcnative, double grpcAlts) {}

  private static final List<Reach> REACHES =
      List.of(
          new Reach(64, 0, 0),
          new Reach(256, 0.8, 0),
          new Reach(1024, 0.8, 0),
          new Reach(KIB_16, 1.0, 0.5),
          new Reach(128 * 1024, 1.0, 0.85));

  private RecordRows() {}

  static void addTo(List<Row> rows) {
    for (Reach reach : REACHES) {
      String title = "records of " + text(reach.bytes);
      String ours = record("ALTS_GCM", reach.bytes);
      rows.add(
          Row.ofCpu(
              title + ", beside tcnative",
              ours,
              List.of(record("TLS_TCNATIVE", reach.bytes)),
              reach.tcnative,
              NOTE));
      rows.add(
          Row.ofCpu(
              title + ", beside grpc-alts",
              ours,
              List.of(record("GRPC_ALTS", reach.bytes)),
              reach.grpcAlts,
              NOTE + "; grpc-alts takes its buffers from the pool each time"));
    }
    for (Reach reach : REACHES) {
      for (String mac : List.of("GMAC", "VMAC")) {
        rows.add(
            Row.ofCpu(
                "integrity only, %s, %s, beside our GCM".formatted(mac, text(reach.bytes)),
                record("ALTS_" + mac, reach.bytes),
                List.of(record("ALTS_GCM", reach.bytes)),
                reach.bytes == KIB_16 && mac.equals("GMAC") ? 0.75 : 0,
                NOTE));
      }
    }
    String cold =
        "first 64 payloads of 128 KiB of a fresh process, all together, pooled direct; per round 3 processes";
    rows.add(
        Row.ofCpu(
            "cold start, beside tcnative",
            cold("ALTS_GCM"),
            List.of(cold("TLS_TCNATIVE")),
            0,
            cold));
    rows.add(
        Row.ofCpu(
            "cold start, beside us without a native provider",
            cold("ALTS_GCM"),
            List.of(cold("ALTS_GCM_JDK")),
            0,
            cold));
  }

  static String record(String protocol, int bytes) {
    return Rows.key("RecordBenchmark.transfer", "bytes=" + bytes, "protocol=" + protocol);
  }

  private static String cold(String protocol) {
    return Rows.key("ColdBenchmark.first", "protocol=" + protocol);
  }

  private static String text(int bytes) {
    return bytes < 1024 ? bytes + " B" : bytes / 1024 + " KiB";
  }
}
