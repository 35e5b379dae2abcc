package dev.alts.handshake;

import dev.alts.identity.SecretBytes;
import dev.alts.record.RecordProtocol;

/**
 * The secrets that a completed handshake leaves: key material of the record protocol, and the
 * exporter. Owned by who received it; {@link #close} wipes it once sealer and opener are made. Does
 * not print secrets.
 */
public final class TrafficKeys implements AutoCloseable {
  /** Length of record key material, whatever the record protocol (handshake.md section 3). */
  public static final int KEY_DATA_BYTES = 44;

  private final RecordProtocol recordProtocol;
  private final SecretBytes keyData;
  private final Exporter exporter;

  TrafficKeys(RecordProtocol recordProtocol, SecretBytes keyData, Exporter exporter) {
    this.recordProtocol = recordProtocol;
    this.keyData = keyData;
    this.exporter = exporter;
  }

  public RecordProtocol recordProtocol() {
    return recordProtocol;
  }

  /** {@return the 44 bytes of record key material, which stay owned by this object} */
  public SecretBytes keyData() {
    return keyData;
  }

  public Exporter exporter() {
    return exporter;
  }

  @Override
  public void close() {
    keyData.close();
    exporter.close();
  }

  @Override
  public String toString() {
    return "TrafficKeys[%s, redacted]".formatted(recordProtocol.protocolName());
  }
}
