package dev.alts.ca.fetch;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** How a server proves that it is the one that the URL names. */
public final class ServerTrust {
  private final SSLContext context;
  private final boolean byHostName;

  private ServerTrust(SSLContext context, boolean byHostName) {
    this.context = context;
    this.byHostName = byHostName;
  }

  /** {@return by a certificate for its name from a CA that the Java platform trusts} */
  public static ServerTrust ofPlatform() {
    return new ServerTrust(contextOf(null), true);
  }

  /** {@return by a certificate for its name below one of {@code roots}, and no other} */
  public static ServerTrust ofRoots(List<X509Certificate> roots) {
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("roots: none (expected: at least one)");
    }
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < roots.size(); i++) {
        store.setCertificateEntry("root-" + i, roots.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return new ServerTrust(contextOf(factory.getTrustManagers()), true);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("roots: not usable as trust anchors", e);
    }
  }

  /** {@return by what {@code manager} says; the host's name proves nothing then} */
  public static ServerTrust of(TrustManager manager) {
    return new ServerTrust(contextOf(new TrustManager[] {manager}), false);
  }

  private static SSLContext contextOf(TrustManager @Nullable [] managers) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS for fetching", e);
    }
  }

  SSLContext context() {
    return context;
  }

  boolean byHostName() {
    return byHostName;
  }
}
