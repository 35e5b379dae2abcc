package dev.alts.crypto;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Makes {@link AesGcm} objects over one provider. Thread-safe. */
public final class AeadFactory {
  // For sealing: ACCP and the JDK are equally fast once the JDK's loops are compiled; until then
  // the JDK's are a hundred times slower.
  private static final List<CryptoProvider> SEAL_ORDER =
      List.of(
          CryptoProvider.ACCP,
          CryptoProvider.JDK,
          CryptoProvider.CONSCRYPT,
          CryptoProvider.BOUNCY_CASTLE);
  // For authenticating alone: the JDK has no such loop for AAD and copies it.
  private static final List<CryptoProvider> MAC_ORDER =
      List.of(
          CryptoProvider.ACCP,
          CryptoProvider.JDK,
          CryptoProvider.CONSCRYPT,
          CryptoProvider.BOUNCY_CASTLE);
  // The GCM paper's test case 2: zero key, nonce and block.
  private static final byte[] KNOWN_SEALED =
      HexFormat.of().parseHex("0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf");

  private final Provider provider;

  private AeadFactory(Provider provider) {
    this.provider = provider;
  }

  /** {@return one for every working provider, best for sealing records first} */
  public static List<AeadFactory> availableForSealing() {
    return available(SEAL_ORDER);
  }

  /** {@return one for every working provider, best for GMAC first} */
  public static List<AeadFactory> availableForGmac() {
    return available(MAC_ORDER);
  }

  public String providerName() {
    return provider.getName();
  }

  @Override
  public String toString() {
    return "AeadFactory[" + provider.getName() + "]";
  }

  /** {@return a cipher for a key of 16 or 32 bytes, which is copied} */
  public AesGcm aesGcm(byte[] key) {
    try {
      return new AesGcm(provider, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM: provider %s".formatted(providerName()), e);
    }
  }

  static List<AeadFactory> available(List<CryptoProvider> order) {
    return ProviderLadder.working(
        order,
        AeadFactory::new,
        factory ->
            Arrays.equals(
                factory.aesGcm(new byte[16]).seal(new byte[12], new byte[16], new byte[0]),
                KNOWN_SEALED));
  }
}
