package dev.alts.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A rung of the provider ladder. All but the JDK are optional and found by class name. */
public enum CryptoProvider {
  CONSCRYPT("org.conscrypt.OpenSSLProvider"),
  ACCP("com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider"),
  BOUNCY_CASTLE("org.bouncycastle.jce.provider.BouncyCastleProvider"),
  /** The JDK's own, each service from the provider that has it. */
  JDK("");

  private final String className;

  CryptoProvider(String className) {
    this.className = className;
  }

  /** {@return its instances; empty if it is absent} That one is there does not mean it works. */
  List<Provider> instances() {
    return Loaded.INSTANCES.getOrDefault(this, List.of());
  }

  private List<Provider> load() {
    if (this == JDK) {
      return List.of("SunJCE", "SunEC", "SUN").stream()
          .map(Security::getProvider)
          .flatMap(provider -> Optional.ofNullable(provider).stream())
          .toList();
    }
    try {
      Class<?> type = Class.forName(className, true, CryptoProvider.class.getClassLoader());
      return List.of((Provider) type.getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
      // Absent, or without native code for this platform: the next rung does.
      return List.of();
    }
  }

  /** Loaded once, at first use: native code takes tens of milliseconds. */
  private static final class Loaded {
    private static final Map<CryptoProvider, List<Provider>> INSTANCES = all();

    private static Map<CryptoProvider, List<Provider>> all() {
      Map<CryptoProvider, List<Provider>> instances = new EnumMap<>(CryptoProvider.class);
      for (CryptoProvider rung : values()) {
        instances.put(rung, rung.load());
      }
      return instances;
    }
  }
}
