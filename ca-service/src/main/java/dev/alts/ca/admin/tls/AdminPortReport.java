package dev.alts.ca.admin.tls;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.endpoint.ServerEndpoints;
import java.net.InetSocketAddress;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says where the admin port listens as soon as it does. */
@Component
class AdminPortReport {
  private final CaSettings settings;
  private final ServerEndpoints endpoints;

  AdminPortReport(CaSettings settings, ServerEndpoints endpoints) {
    this.settings = settings;
    this.endpoints = endpoints;
  }

  @EventListener
  void listens(WebServerInitializedEvent event) {
    endpoints.adminListens(
        new InetSocketAddress(settings.address(), event.getWebServer().getPort()));
  }
}
