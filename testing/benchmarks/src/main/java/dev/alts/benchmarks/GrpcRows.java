package dev.alts.benchmarks;

import java.util.List;

/** The table's rows about gRPC: throughput, which has targets, and CPU time, which has none. */
final class GrpcRows {
  private static final String NOTE = "client and server in one process, loopback, warm, turns";

  private static final String PREFIX = "grpc.";

  private GrpcRows() {}

  static boolean contain(Row row) {
    return row.ours().startsWith(PREFIX);
  }

  static void addTo(List<Row> rows) {
    for (GrpcLoad.Load load : GrpcLoad.Load.values()) {
      boolean streams = load == GrpcLoad.Load.STREAM_1_MIB;
      add(rows, load, "PLAINTEXT", "plaintext", streams ? 0.7 : 0.9);
      add(rows, load, "TCNATIVE", "TLS by tcnative", streams ? 1.15 : 1.0);
    }
  }

  private static void add(
      List<Row> rows, GrpcLoad.Load load, String other, String name, double reach) {
    String title = "gRPC " + text(load);
    String ours = key(load, "ALTS");
    List<String> others = List.of(key(load, other));
    rows.add(
        new Row(
            title + ", throughput beside " + name,
            Quantity.PER_SECOND,
            ours,
            others,
            Target.ratio(reach),
            NOTE));
    rows.add(Row.ofCpu(title + ", CPU beside " + name, ours, others, 0, NOTE + "; whole process"));
  }

  private static String key(GrpcLoad.Load load, String transport) {
    return PREFIX + load + "|" + transport;
  }

  private static String text(GrpcLoad.Load load) {
    return switch (load) {
      case UNARY_1_CONNECTION -> "unary 1 KiB, 1 connection";
      case UNARY_64_CONNECTIONS -> "unary 1 KiB, 64 connections";
      case STREAM_1_MIB -> "streaming 1 MiB";
    };
  }
}
