package dev.alts.handshake;

import dev.alts.crypto.AesGcm;
import dev.alts.crypto.Crypto;
import dev.alts.crypto.PaddedMessage;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SecretBytes;
import dev.alts.record.RecordProtocol;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/** What is expanded from the chain of secrets, under which label (handshake.md section 3). */
final class KeySchedule {
  private static final int PARAMS_KEY_BYTES = 16;
  private static final int SECRET_BYTES = 32;
  private static final byte[] NOTHING = new byte[0];

  private KeySchedule() {}

  /** {@return key and nonce of the server parameters, from s2; the caller wipes them} */
  static ParameterKeys parameterKeys(ChainSecret s2, byte[] th1) {
    byte[] both = s2.expand("server parameters", th1, PARAMS_KEY_BYTES + AesGcm.NONCE_BYTES);
    ParameterKeys keys =
        new ParameterKeys(
            Arrays.copyOf(both, PARAMS_KEY_BYTES),
            Arrays.copyOfRange(both, PARAMS_KEY_BYTES, both.length));
    Arrays.fill(both, (byte) 0);
    return keys;
  }

  static byte[] serverAuthenticator(ChainSecret s3, byte[] th2) {
    return s3.authenticator("server finished", th2);
  }

  static byte[] clientAuthenticator(ChainSecret s3, byte[] th3) {
    return s3.authenticator("client finished", th3);
  }

  static SecretBytes resumptionSecret(ChainSecret s3, byte[] th1) {
    return SecretBytes.adopt(s3.expand("resumption", th1, SECRET_BYTES));
  }

  /** {@return record keys, bound to the protocol's name, and the exporter} */
  static TrafficKeys trafficKeys(
      Crypto crypto, ChainSecret s3, byte[] th3, RecordProtocol recordProtocol) {
    byte[] keyData =
        s3.expand("record " + recordProtocol.protocolName(), th3, RecordProtocol.KEY_DATA_BYTES);
    byte[] exporter = s3.expand("exporter", th3, SECRET_BYTES);
    return new TrafficKeys(
        recordProtocol,
        SecretBytes.adopt(keyData),
        new Exporter(crypto, SecretBytes.adopt(exporter)));
  }

  /** Seals or opens ServerParameters, once. Does not print secrets. */
  static final class ParameterKeys {
    private final byte[] key;
    private final byte[] nonce;

    private ParameterKeys(byte[] key, byte[] nonce) {
      this.key = key;
      this.nonce = nonce;
    }

    /** {@return encoded ServerParameters, padded and sealed} */
    byte[] seal(Crypto crypto, byte[] parameters) {
      return crypto.aesGcm(key).seal(nonce, PaddedMessage.pad(parameters), NOTHING);
    }

    /** {@return the encoded ServerParameters} */
    byte[] open(Crypto crypto, byte[] sealed) throws AltsProtocolException {
      if (!PaddedMessage.isSealedLength(sealed.length)) {
        throw MessageRules.bad(
            "sealed parameters: %d bytes (expected: a multiple of 512, and 16)"
                .formatted(sealed.length));
      }
      try {
        return PaddedMessage.unpad(crypto.aesGcm(key).open(nonce, sealed, NOTHING))
            .orElseThrow(() -> MessageRules.bad("server parameters: wrong length or filling"));
      } catch (AEADBadTagException e) {
        throw new AltsProtocolException(Alert.HANDSHAKE_FAILED, "server parameters do not open", e);
      }
    }

    void wipe() {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(nonce, (byte) 0);
    }

    @Override
    public String toString() {
      return "ParameterKeys[redacted]";
    }
  }
}
