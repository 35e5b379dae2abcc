package dev.alts.ca.federation.publish;

import dev.alts.ca.endpoint.CaTlsIdentity;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of a public port with the certificate of the moment: 1.3, and 1.2 as Mozilla's intermediate
 * profile has it, which SPIFFE asks for. Thread-safe.
 */
public final class ServerCertificate implements Supplier<SslContext> {
  private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");

  private final Source source;
  private volatile Made made;

  /** Where the certificate comes from; {@code version} changes with it. */
  private interface Source {
    Object version() throws IOException;

    SslContextBuilder builder() throws IOException, InvalidCertificateException;
  }

  private record Made(Object version, SslContext context) {}

  private ServerCertificate(Source source) throws IOException {
    this.source = source;
    this.made = make();
  }

  /** {@return the CA's own SVID, always the present one} */
  public static ServerCertificate ofCa(CaTlsIdentity identity) {
    try {
      return new ServerCertificate(
          new Source() {
            @Override
            public Object version() {
              return identity.current().leaf().sha256();
            }

            @Override
            public SslContextBuilder builder() throws InvalidCertificateException {
              X509Svid svid = identity.current();
              return SslContextBuilder.forServer(
                  svid.privateKey(), svid.x509Chain().toArray(X509Certificate[]::new));
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException("the CA's own certificate", e);
    }
  }

  /**
   * {@return the certificate in these files, read again when they change}
   *
   * @param chain PEM, leaf first
   * @param key PEM, PKCS #8, not encrypted
   * @throws IOException if they cannot be read or are no pair
   */
  public static ServerCertificate ofFiles(Path chain, Path key) throws IOException {
    return new ServerCertificate(
        new Source() {
          @Override
          public Object version() throws IOException {
            return List.of(
                Sha256.of(Bytes.adopt(Files.readAllBytes(chain))),
                Sha256.of(Bytes.adopt(Files.readAllBytes(key))));
          }

          @Override
          public SslContextBuilder builder() throws IOException {
            try {
              return SslContextBuilder.forServer(
                  new ByteArrayInputStream(Files.readAllBytes(chain)),
                  new ByteArrayInputStream(Files.readAllBytes(key)));
            } catch (IllegalArgumentException e) {
              throw new IOException("%s, %s: %s".formatted(chain, key, e.getMessage()), e);
            }
          }
        });
  }

  @Override
  public SslContext get() {
    return made.context();
  }

  /** Looks whether there is another one by now; one that is no good leaves the present one. */
  public void refresh() {
    try {
      if (!source.version().equals(made.version())) {
        made = make();
        log.info("Certificate of a federation port replaced");
      }
    } catch (IOException e) {
      log.error("Certificate of a federation port not replaced: {}", e.getMessage());
    }
  }

  private Made make() throws IOException {
    Object version = source.version();
    try {
      return new Made(
          version,
          source
              .builder()
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .ciphers(CIPHERS)
              .build());
    } catch (SSLException | InvalidCertificateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
