package dev.alts.ca.federation;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.endpoint.CaTlsIdentity;
import dev.alts.ca.endpoint.ServerEndpoints;
import dev.alts.ca.endpoint.StrangerLimit;
import dev.alts.ca.federation.publish.PublicPort;
import dev.alts.ca.federation.publish.ServerCertificate;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The public ports that are configured: one for each profile, none by default. Thread-safe. */
final class PublicPorts implements AutoCloseable {
  static final String WEB = "https_web";
  static final String SPIFFE = "https_spiffe";

  private final FederationProperties properties;
  private final CaSettings settings;
  private final CaTlsIdentity identity;
  private final ServerEndpoints endpoints;
  private final PublicPort.Content content;
  private final Map<String, Open> open = new ConcurrentHashMap<>();

  private record Open(PublicPort port, ServerCertificate certificate) {}

  PublicPorts(
      FederationProperties properties,
      CaSettings settings,
      CaTlsIdentity identity,
      ServerEndpoints endpoints,
      PublicDocuments documents,
      InstantSource clock) {
    this.properties = properties;
    this.settings = settings;
    this.identity = identity;
    this.endpoints = endpoints;
    this.content =
        new PublicPort.Content(documents, new StrangerLimit(properties.requestsPerMinute(), clock));
  }

  void start(EventLoopGroup loops) {
    FederationProperties.Web web = properties.web();
    if (web.port() != null) {
      try {
        listen(
            loops,
            WEB,
            web.port(),
            ServerCertificate.ofFiles(
                Objects.requireNonNull(web.certificate()), Objects.requireNonNull(web.key())));
      } catch (IOException e) {
        throw new UncheckedIOException("alts.ca.federation.web: " + e.getMessage(), e);
      }
    }
    Integer spiffe = properties.spiffe().port();
    if (spiffe != null) {
      listen(loops, SPIFFE, spiffe, ServerCertificate.ofCa(identity));
    }
  }

  private void listen(
      EventLoopGroup loops, String profile, int number, ServerCertificate certificate) {
    String address = Objects.requireNonNullElse(properties.address(), settings.address());
    PublicPort port =
        PublicPort.listen(loops, new InetSocketAddress(address, number), certificate, content);
    open.put(profile, new Open(port, certificate));
    endpoints.federationListens(profile, new InetSocketAddress(address, port.port()));
  }

  /** Takes over certificates that were replaced. */
  void refreshCertificates() {
    open.values().forEach(each -> each.certificate().refresh());
  }

  /** {@return where the port of this profile listens} */
  int port(String profile) {
    Open found = open.get(profile);
    if (found == null) {
      throw new IllegalStateException("federation port %s: not running".formatted(profile));
    }
    return found.port().port();
  }

  @Override
  public void close() {
    open.values().forEach(each -> each.port().close());
    open.clear();
  }
}
