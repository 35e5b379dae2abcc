package dev.alts.ca.kubernetes;

import dev.alts.ca.configuration.StartRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** HTTP with one API server, which the CA's own configuration names, as one service account. */
final class ApiServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final URI base;
  private final Path tokenFile;
  private final HttpClient http;

  ApiServer(URI base, Path tokenFile, Path caFile) {
    if (!"https".equals(base.getScheme())) {
      throw new StartRefusedException(
          "alts.ca.kubernetes.api-server is not an https URL.",
          "Name the API server, such as https://kubernetes.default.svc.");
    }
    this.base = base;
    this.tokenFile = tokenFile;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .sslContext(trusting(caFile))
            .build();
  }

  private static SSLContext trusting(Path caFile) {
    try (InputStream in = Files.newInputStream(caFile)) {
      KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
      roots.load(null, null);
      int count = 0;
      for (Certificate root : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        roots.setCertificateEntry("root-" + count++, root);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(roots);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new StartRefusedException(
          "alts.ca.kubernetes.ca-file: %s cannot be read (%s).".formatted(caFile, e.getMessage()),
          "Name the file with the cluster's CA, PEM.",
          e);
    }
  }

  /** {@return the answer to a GET, of any status; the caller closes its body} */
  HttpResponse<InputStream> get(String path) throws IOException, InterruptedException {
    // Read each time: the kubelet replaces it before it expires.
    String token = Files.readString(tokenFile).strip();
    return http.send(
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(PATIENCE)
            .header("Accept", "application/json")
            .header("Authorization", "Bearer " + token)
            .build(),
        BodyHandlers.ofInputStream());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
