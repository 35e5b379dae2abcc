package dev.alts.identity.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The provider ladder for ECDSA P-256, fastest first (measured): ACCP, Conscrypt, BouncyCastle, the
 * JDK. By class name, so none of them is a dependency; as instances, so nothing is installed.
 */
final class SignatureProviders {
  private static final String ACCP =
      "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
  private static final String CONSCRYPT = "org.conscrypt.OpenSSLProvider";
  private static final String BOUNCY_CASTLE = "org.bouncycastle.jce.provider.BouncyCastleProvider";

  private SignatureProviders() {}

  /** {@return every provider that is present and proved itself by signing and verifying} */
  static List<Provider> available() {
    List<Provider> found = new ArrayList<>();
    for (String name : List.of(ACCP, CONSCRYPT, BOUNCY_CASTLE)) {
      load(name).filter(EcdsaP256::works).ifPresent(found::add);
    }
    Provider jdk = Security.getProvider("SunEC");
    if (jdk != null) {
      found.add(jdk);
    }
    return List.copyOf(found);
  }

  private static Optional<Provider> load(String className) {
    try {
      Class<?> type = Class.forName(className, true, SignatureProviders.class.getClassLoader());
      return Optional.of((Provider) type.getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      // Absent, or without native code for this platform: the next rung does.
      return Optional.empty();
    }
  }
}
