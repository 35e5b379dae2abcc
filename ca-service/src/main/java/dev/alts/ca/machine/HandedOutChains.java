package dev.alts.ca.machine;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.ca.authority.UpstreamChains;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.StrictCertificate;
import org.springframework.stereotype.Component;

/**
 * Puts beside a certificate that is handed out what an upstream CA has certified of its issuer.
 * Never beside a master: that one proves something only in ALTS, where no upstream CA counts.
 */
@Component
class HandedOutChains {
  private final UpstreamChains upstream;
  private final DatabaseClock clock;

  HandedOutChains(UpstreamChains upstream, DatabaseClock clock) {
    this.upstream = upstream;
    this.clock = clock;
  }

  IssuedCertificate toWire(dev.alts.ca.issuance.IssuedCertificate certificate) {
    IssuedCertificate wire = WireCertificates.toWire(certificate);
    if (certificate.profile() != CertificateProfile.WORKLOAD_HANDED_OUT || upstream.isEmpty()) {
      return wire;
    }
    IssuedCertificate.Builder chained = wire.toBuilder();
    for (Bytes der : upstream.behindLeafOf(issuerOf(certificate), clock.now())) {
      chained.addUpstreamChain(ByteString.copyFrom(der.asByteBuffer()));
    }
    return chained.build();
  }

  private static Bytes issuerOf(dev.alts.ca.issuance.IssuedCertificate certificate) {
    try {
      return StrictCertificate.parse(certificate.der())
          .authorityKeyIdentifier()
          .orElseThrow(() -> new AssertionError("our certificates name the key of their issuer"));
    } catch (InvalidCertificateException e) {
      throw new AssertionError("our own certificates have the form we demand", e);
    }
  }
}
