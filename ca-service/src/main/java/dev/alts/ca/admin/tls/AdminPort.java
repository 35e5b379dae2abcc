package dev.alts.ca.admin.tls;

import dev.alts.ca.admin.web.ProblemValve;
import java.time.Duration;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** How the admin port listens: TLS 1.3 only, client certificates optional, everything bounded. */
@Component
class AdminPort implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final int MAX_CONNECTIONS = 512;
  private static final int MAX_HEADER_BYTES = 16 * 1024;

  private final AdminTls tls;

  AdminPort(AdminTls tls) {
    this.tls = tls;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addConnectorCustomizers(this::secure);
    factory.addContextCustomizers(AdminPort::reportProblems);
  }

  private void secure(Connector connector) {
    if (!(connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol)) {
      throw new IllegalStateException(
          "admin port: %s (expected: HTTP/1.1)".formatted(connector.getProtocolHandler()));
    }
    SSLHostConfig host = new SSLHostConfig();
    host.setProtocols("TLSv1.3");
    // Wanted, not needed: a newcomer has none yet. What is sent must verify.
    host.setCertificateVerification("optional");
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
    certificate.setSslContext(tls.context());
    host.addCertificate(certificate);
    connector.setScheme("https");
    connector.setSecure(true);
    protocol.setSSLEnabled(true);
    protocol.addSslHostConfig(host);
    protocol.setConnectionTimeout((int) IDLE.toMillis());
    protocol.setKeepAliveTimeout((int) IDLE.toMillis());
    protocol.setDisableUploadTimeout(false);
    protocol.setConnectionUploadTimeout((int) IDLE.toMillis());
    protocol.setMaxConnections(MAX_CONNECTIONS);
    protocol.setMaxHttpRequestHeaderSize(MAX_HEADER_BYTES);
  }

  private static void reportProblems(Context context) {
    if (context.getParent() instanceof StandardHost host) {
      host.setErrorReportValveClass(ProblemValve.class.getName());
    }
  }
}
