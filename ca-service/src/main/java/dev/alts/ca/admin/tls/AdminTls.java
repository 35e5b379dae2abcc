package dev.alts.ca.admin.tls;

import dev.alts.ca.endpoint.CaTlsIdentity;
import org.springframework.stereotype.Component;

/** The admin port's TLS: it shows the CA's SVID of the moment and verifies humans. */
@Component
class AdminTls {
  private final LiveTlsContext context;

  AdminTls(CaTlsIdentity identity, HumanTrust humans) {
    this.context = new LiveTlsContext(new LiveServerKeys(identity::current), humans.manager());
  }

  LiveTlsContext context() {
    return context;
  }
}
