package dev.alts.ca.admin.tls;

import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives every new handshake the certificate that is current then: renewal needs no restart and no
 * reload.
 *
 * <p>JSSE asks for alias, chain and key in three calls. The alias names one generation and the
 * previous generation is kept, so a handshake in the middle of a renewal never mixes two.
 */
final class LiveServerKeys extends X509ExtendedKeyManager {
  private static final String KEY_TYPE = "EC";

  private final Supplier<X509Svid> identity;
  private final AtomicReference<Generations> generations;

  LiveServerKeys(Supplier<X509Svid> identity) {
    this.identity = identity;
    this.generations =
        new AtomicReference<>(new Generations(Generation.of(0, identity.get()), null));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return keyType.equals(KEY_TYPE) ? current().alias() : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Generation named = generations.get().named(alias);
    return named == null ? null : named.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Generation named = generations.get().named(alias);
    return named == null ? null : named.svid().privateKey();
  }

  @Override
  public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return new String[] {current().alias()};
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return keyType.equals(KEY_TYPE) ? current().alias() : null;
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }

  private Generation current() {
    X509Svid svid = identity.get();
    return generations
        .updateAndGet(known ->
            known.current().svid() == svid
                ? known
                : new Generations(
                    Generation.of(known.current().number() + 1, svid), known.current()))
        .current();
  }

  private record Generation(long number, X509Svid svid, List<X509Certificate> chain) {
    static Generation of(long number, X509Svid svid) {
      try {
        return new Generation(number, svid, svid.x509Chain());
      } catch (InvalidCertificateException e) {
        throw new IllegalStateException("the CA's own certificate does not parse", e);
      }
    }

    String alias() {
      return Long.toString(number);
    }
  }

  private record Generations(Generation current, @Nullable Generation previous) {
    @Nullable Generation named(String alias) {
      if (current.alias().equals(alias)) {
        return current;
      }
      return previous != null && previous.alias().equals(alias) ? previous : null;
    }
  }
}
