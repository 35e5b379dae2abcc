package dev.alts.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The table: which cases stand beside which, and what we want to reach. */
final class Rows {
  private static final String KNOWN = "HandshakeBenchmark.known";
  private static final String UNSEEN = "UnseenBenchmark.unseen";
  private static final String RESUMED = "ResumptionBenchmark.resumed";
  private static final String PRIMITIVES = "PrimitivesBenchmark.primitives";
  private static final String RECORDS = "RecordBenchmark.transfer";

  private Rows() {}

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    handshakes(rows);
    resumptions(rows);
    records(rows);
    grpc(rows);
    return List.copyOf(rows);
  }

  private static void handshakes(List<Row> rows) {
    String note = "both ends, warm, caches warm, heap / direct";
    rows.add(
        new Row(
            "full hybrid handshake, peers known",
            known("ALTS", "HYBRID"),
            List.of(known("TCNATIVE", "HYBRID"), known("CONSCRYPT", "HYBRID")),
            0.65,
            note));
    rows.add(
        new Row(
            "full classical handshake, peers known",
            known("ALTS", "CLASSICAL"),
            List.of(
                known("TCNATIVE", "CLASSICAL"),
                known("CONSCRYPT", "CLASSICAL"),
                known("JSSE", "CLASSICAL")),
            0.65,
            note));
    rows.add(unseen("stock trust manager", "STOCK", 0.50));
    rows.add(unseen("trust manager over ACCP", "ACCP", 0.90));
    rows.add(
        overPrimitives("full hybrid, peers known", known("ALTS", "HYBRID"), "FULL_HYBRID", 1.15));
    rows.add(
        overPrimitives(
            "full classical, peers known", known("ALTS", "CLASSICAL"), "FULL_CLASSICAL", 0));
    rows.add(
        overPrimitives(
            "full hybrid, peers never seen", unseen("ALTS", "STOCK"), "UNSEEN_HYBRID", 0));
    rows.add(
        overPrimitives(
            "resumed, hybrid", resumed("ALTS", "HYBRID", "FORWARD_SECRET"), "RESUMED_HYBRID", 0));
    rows.add(
        overPrimitives(
            "resumed, classical",
            resumed("ALTS", "CLASSICAL", "FORWARD_SECRET"),
            "RESUMED_CLASSICAL",
            0));
  }

  private static Row unseen(String what, String pkix, double reach) {
    return new Row(
        "full hybrid handshake, peers never seen, " + what,
        unseen("ALTS", "STOCK"),
        List.of(unseen("TCNATIVE", pkix), unseen("CONSCRYPT", pkix)),
        reach,
        "both ends, warm, no certificate in any cache");
  }

  private static Row overPrimitives(String what, String ours, String sum, double reach) {
    return new Row(
        "handshake beside its primitives: " + what,
        ours,
        List.of(key(PRIMITIVES, "sum=" + sum)),
        reach,
        "key generation, agreements, KEM, signatures; without HKDF and hashes");
  }

  private static void resumptions(List<Row> rows) {
    String note = "both ends, warm; TLS: PSK with DHE, 0 certificates looked at";
    for (String group : List.of("HYBRID", "CLASSICAL")) {
      rows.add(
          new Row(
              "resumed, forward secret, lean, " + group.toLowerCase(java.util.Locale.ROOT),
              resumed("ALTS", group, "FORWARD_SECRET"),
              List.of(
                  resumed("TCNATIVE", group, "FORWARD_SECRET"),
                  resumed("CONSCRYPT", group, "FORWARD_SECRET")),
              0.65,
              note));
    }
    rows.add(
        new Row(
            "resumed, symmetric",
            resumed("ALTS", "CLASSICAL", "SYMMETRIC"),
            List.of(
                resumed("TCNATIVE", "CLASSICAL", "FORWARD_SECRET"),
                resumed("CONSCRYPT", "CLASSICAL", "FORWARD_SECRET")),
            0.2,
            note));
  }

  private static void records(List<Row> rows) {
    String note = "protect + unprotect, direct in and out, warm";
    double[][] reaches = {
      {64, 0, 0}, {256, 0.8, 0}, {1024, 0.8, 0}, {16384, 1.0, 0.5}, {131072, 1.0, 0.85}
    };
    for (double[] reach : reaches) {
      int bytes = (int) reach[0];
      rows.add(
          new Row(
              "records of %s, beside tcnative".formatted(text(bytes)),
              record("ALTS_GCM", bytes),
              List.of(record("TLS_TCNATIVE", bytes)),
              reach[1],
              note));
      rows.add(
          new Row(
              "records of %s, beside grpc-alts".formatted(text(bytes)),
              record("ALTS_GCM", bytes),
              List.of(record("GRPC_ALTS", bytes)),
              reach[2],
              note));
    }
    for (double[] reach : reaches) {
      int bytes = (int) reach[0];
      for (String mac : List.of("ALTS_GMAC", "ALTS_VMAC")) {
        rows.add(
            new Row(
                "integrity only, %s, %s, beside our GCM".formatted(mac.substring(5), text(bytes)),
                record(mac, bytes),
                List.of(record("ALTS_GCM", bytes)),
                bytes == 16384 && mac.equals("ALTS_GMAC") ? 0.75 : 0,
                note));
      }
    }
  }

  private static void grpc(List<Row> rows) {
    String note = "CPU time of the whole process, client and server, loopback, warm";
    for (GrpcLoad.Load load : GrpcLoad.Load.values()) {
      boolean streams = load == GrpcLoad.Load.STREAM_1_MIB;
      rows.add(
          new Row(
              "gRPC %s, beside plaintext".formatted(text(load)),
              grpc(load, "ALTS"),
              List.of(grpc(load, "PLAINTEXT")),
              streams ? 1 / 0.7 : 1 / 0.9,
              note));
      rows.add(
          new Row(
              "gRPC %s, beside TLS by tcnative".formatted(text(load)),
              grpc(load, "ALTS"),
              List.of(grpc(load, "TCNATIVE")),
              streams ? 1 / 1.15 : 1.0,
              note));
    }
  }

  private static String text(int bytes) {
    return bytes < 1024 ? bytes + " B" : bytes / 1024 + " KiB";
  }

  private static String text(GrpcLoad.Load load) {
    return switch (load) {
      case UNARY_1_CONNECTION -> "unary 1 KiB, 1 connection";
      case UNARY_64_CONNECTIONS -> "unary 1 KiB, 64 connections";
      case STREAM_1_MIB -> "streaming 1 MiB";
    };
  }

  private static String known(String contender, String group) {
    return key(KNOWN, "contender=" + contender, "group=" + group);
  }

  private static String unseen(String contender, String pkix) {
    return key(UNSEEN, "contender=" + contender, "group=HYBRID", "pkix=" + pkix);
  }

  private static String resumed(String contender, String group, String how) {
    return key(RESUMED, "contender=" + contender, "group=" + group, "resumption=" + how);
  }

  private static String record(String protocol, int bytes) {
    return key(RECORDS, "bytes=" + bytes, "protocol=" + protocol);
  }

  private static String grpc(GrpcLoad.Load load, String transport) {
    return "grpc." + load + "|" + transport;
  }

  /** Parameters in the order of their names, as {@link TransportBench} reads them from JMH. */
  private static String key(String benchmark, String... parameters) {
    return benchmark + "|" + String.join("|", parameters);
  }
}
