package dev.alts.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table: which cases stand beside which, and what we want to reach. */
final class Rows {
  private static final int LIMIT_16_KIB_RECORD = 200;
  private static final int LIMIT_HANDSHAKE = 40 * 1024;

  private Rows() {}

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    handshakes(rows);
    primitives(rows);
    resumptions(rows);
    reconnects(rows);
    RecordRows.addTo(rows);
    GrpcRows.addTo(rows);
    garbage(rows);
    return List.copyOf(rows);
  }

  private static void handshakes(List<Row> rows) {
    String note = "both ends, warm, caches warm, heap / direct";
    rows.add(
        Row.ofCpu(
            "full hybrid handshake, peers known",
            known("ALTS", "HYBRID"),
            List.of(known("TCNATIVE", "HYBRID"), known("CONSCRYPT", "HYBRID")),
            0.65,
            note));
    rows.add(
        Row.ofCpu(
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
  }

  private static Row unseen(String what, String pkix, double reach) {
    return Row.ofCpu(
        "full hybrid handshake, peers never seen, " + what,
        unseen("ALTS", "STOCK"),
        List.of(unseen("TCNATIVE", pkix), unseen("CONSCRYPT", pkix)),
        reach,
        "both ends, warm, no certificate in any cache");
  }

  private static void primitives(List<Row> rows) {
    rows.add(beside("full hybrid, peers known", known("ALTS", "HYBRID"), "FULL_HYBRID", 1.15));
    rows.add(
        beside("full classical, peers known", known("ALTS", "CLASSICAL"), "FULL_CLASSICAL", 0));
    rows.add(beside("full hybrid, peers never seen", unseen("ALTS", "STOCK"), "UNSEEN_HYBRID", 0));
    rows.add(
        beside(
            "resumed, hybrid", resumed("ALTS", "HYBRID", "FORWARD_SECRET"), "RESUMED_HYBRID", 0));
    rows.add(
        beside(
            "resumed, classical",
            resumed("ALTS", "CLASSICAL", "FORWARD_SECRET"),
            "RESUMED_CLASSICAL",
            0));
  }

  private static Row beside(String what, String ours, String sum, double reach) {
    return Row.ofCpu(
        "handshake beside its primitives: " + what,
        ours,
        List.of(primitives(sum)),
        reach,
        "key generation, agreements, KEM, signatures; without HKDF and hashes");
  }

  private static void resumptions(List<Row> rows) {
    String note = "both ends, warm; TLS: PSK with DHE, 0 certificates looked at";
    for (String group : List.of("HYBRID", "CLASSICAL")) {
      rows.add(
          Row.ofCpu(
              "resumed, forward secret, lean, " + group.toLowerCase(Locale.ROOT),
              resumed("ALTS", group, "FORWARD_SECRET"),
              List.of(
                  resumed("TCNATIVE", group, "FORWARD_SECRET"),
                  resumed("CONSCRYPT", group, "FORWARD_SECRET")),
              0.65,
              note));
    }
    rows.add(
        Row.ofCpu(
            "resumed, symmetric",
            resumed("ALTS", "CLASSICAL", "SYMMETRIC"),
            List.of(
                resumed("TCNATIVE", "CLASSICAL", "FORWARD_SECRET"),
                resumed("CONSCRYPT", "CLASSICAL", "FORWARD_SECRET")),
            0.2,
            note));
  }

  private static void reconnects(List<Row> rows) {
    String note =
        "hybrid, forward secret, both ends, restart included; hit rates checked: ours 100 %";
    rows.add(
        Row.ofCpu(
            "1,000 peers reconnect after a restart, beside tcnative with its ticket key kept",
            reconnect("ALTS"),
            List.of(reconnect("TCNATIVE")),
            0,
            note + ", TLS 100 %"));
    rows.add(
        Row.ofCpu(
            "1,000 peers reconnect after a restart, beside tcnative as it comes",
            reconnect("ALTS"),
            List.of(reconnect("TCNATIVE_FORGETTING")),
            0,
            note + ", TLS 0 %: its ticket key ended with the process"));
  }

  private static void garbage(List<Row> rows) {
    rows.add(
        new Row(
            "garbage of a 16 KiB record",
            Quantity.ALLOCATED_BYTES,
            RecordRows.record("ALTS_GCM", 16 * 1024),
            List.of(RecordRows.record("TLS_TCNATIVE", 16 * 1024)),
            Target.value(LIMIT_16_KIB_RECORD),
            "protect + unprotect, heap only"));
    rows.add(
        new Row(
            "garbage of a full hybrid handshake, beyond the KEM's own",
            Quantity.ALLOCATED_BYTES,
            Derived.GARBAGE,
            List.of(known("TCNATIVE", "HYBRID"), known("CONSCRYPT", "HYBRID")),
            Target.value(LIMIT_HANDSHAKE),
            "both ends, heap only; what the KEM makes is the difference of the primitives' sums"));
  }

  static String known(String contender, String group) {
    return key("HandshakeBenchmark.known", "contender=" + contender, "group=" + group);
  }

  static String primitives(String sum) {
    return key("PrimitivesBenchmark.primitives", "sum=" + sum);
  }

  private static String unseen(String contender, String pkix) {
    return key("UnseenBenchmark.unseen", "contender=" + contender, "group=HYBRID", "pkix=" + pkix);
  }

  private static String resumed(String contender, String group, String how) {
    return key(
        "ResumptionBenchmark.resumed",
        "contender=" + contender,
        "group=" + group,
        "resumption=" + how);
  }

  private static String reconnect(String server) {
    return key("ReconnectBenchmark.reconnect", "server=" + server);
  }

  /** Parameters in the order of their names, as {@link TransportBench} reads them from JMH. */
  static String key(String benchmark, String... parameters) {
    return benchmark + "|" + String.join("|", parameters);
  }
}
