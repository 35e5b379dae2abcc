package dev.alts.ca.machine;

import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the CA's own SVID of the moment. Certificate and key are asked for one after the other, so
 * the alias names the certificate: a handshake that began before a renewal never gets halves of
 * two.
 */
final class OwnTlsKey extends X509ExtendedKeyManager {
  private final Supplier<X509Svid> identity;
  private volatile @Nullable X509Svid previous;
  private volatile X509Svid current;

  OwnTlsKey(Supplier<X509Svid> identity) {
    this.identity = identity;
    this.current = identity.get();
  }

  @Override
  public String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    X509Svid now = identity.get();
    if (now != current) {
      previous = current;
      current = now;
    }
    return alias(now);
  }

  @Override
  public String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineServerAlias(keyType, issuers, null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    X509Svid svid = find(alias);
    try {
      return svid == null ? null : svid.x509Chain().toArray(X509Certificate[]::new);
    } catch (InvalidCertificateException e) {
      throw new AssertionError("what we issued passed the strict parser already", e);
    }
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    X509Svid svid = find(alias);
    return svid == null ? null : svid.privateKey();
  }

  private @Nullable X509Svid find(String alias) {
    X509Svid now = current;
    if (alias(now).equals(alias)) {
      return now;
    }
    X509Svid before = previous;
    return before != null && alias(before).equals(alias) ? before : null;
  }

  private static String alias(X509Svid svid) {
    return svid.leaf().sha256().toHex();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {chooseEngineServerAlias(keyType, issuers, null)};
  }
}
