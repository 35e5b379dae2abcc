package dev.alts.ca.issuance;

import java.math.BigInteger;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;

/**
 * Where a page ended: the time by which it is ordered, and the serial. The next page begins behind
 * it, wherever rows were added or dropped meanwhile.
 */
record CertificateCursor(Instant time, String serial) {
  static CertificateCursor parse(String text) {
    if (!text.matches("[0-9]{1,12}-[0-9a-f]{1,40}")) {
      throw new IllegalArgumentException("after: (expected: the value of \"next\")");
    }
    int dash = text.indexOf('-');
    return new CertificateCursor(
        Instant.ofEpochSecond(Long.parseLong(text.substring(0, dash))), text.substring(dash + 1));
  }

  /** Issue and expiry are whole seconds. */
  String text() {
    return time.getEpochSecond() + "-" + serial;
  }

  Map<String, Object> parameters() {
    return Map.of(
        "afterTime", Timestamp.from(time), "afterSerial", new BigInteger(serial, 16).toByteArray());
  }
}
