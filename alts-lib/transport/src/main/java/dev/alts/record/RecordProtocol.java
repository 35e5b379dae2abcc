package dev.alts.record;

import dev.alts.crypto.Crypto;
import dev.alts.peer.SecurityLevel;
import java.util.Optional;

/**
 * The record protocols that this library speaks (handshake.md section 5). A new one is its cipher
 * and its lines here.
 */
public enum RecordProtocol {
  GCM_AES128_REKEY("ALTSRP_GCM_AES128_REKEY", SecurityLevel.INTEGRITY_AND_PRIVACY),
  GMAC_128("ALTSRP_GMAC_128", SecurityLevel.INTEGRITY_ONLY),
  VMAC_128("ALTSRP_VMAC_128", SecurityLevel.INTEGRITY_ONLY),
  VCM_AES128("ALTSRP_VCM_AES128", SecurityLevel.INTEGRITY_AND_PRIVACY);

  /** Length of the key material that a handshake derives for any of them. */
  public static final int KEY_DATA_BYTES = 44;

  private final String protocolName;
  private final SecurityLevel securityLevel;

  RecordProtocol(String protocolName, SecurityLevel securityLevel) {
    this.protocolName = protocolName;
    this.securityLevel = securityLevel;
  }

  /** {@return the name on the wire, which is bound into the keys} */
  public String protocolName() {
    return protocolName;
  }

  public SecurityLevel securityLevel() {
    return securityLevel;
  }

  /** {@return the protocol of this name, or empty if we do not speak it} */
  public static Optional<RecordProtocol> ofName(String name) {
    for (RecordProtocol protocol : values()) {
      if (protocol.protocolName.equals(name)) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }

  RecordLimits limits() {
    return switch (this) {
      case GCM_AES128_REKEY -> RecordLimits.ofCounterBits(64);
      case GMAC_128, VMAC_128 -> RecordLimits.ofCounterBits(40);
      case VCM_AES128 -> RecordLimits.ofCounterBits(32).withPayloadBytes(1L << 37);
    };
  }

  /** {@return a cipher; {@code keyData} is copied, and the caller wipes its own} */
  RecordCipher cipher(Crypto crypto, byte[] keyData) {
    if (keyData.length != KEY_DATA_BYTES) {
      throw new IllegalArgumentException(
          "record key material: %d bytes (expected: 44)".formatted(keyData.length));
    }
    return switch (this) {
      case GCM_AES128_REKEY -> new GcmRekeyCipher(crypto, keyData);
      case GMAC_128 -> new GmacCipher(crypto, keyData);
      case VMAC_128 -> new VmacCipher(crypto, keyData);
      case VCM_AES128 -> new VcmCipher(crypto, keyData);
    };
  }
}
