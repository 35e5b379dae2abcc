package dev.alts.agent.upstream;

import dev.alts.agent.credentials.HeldCertificate;
import dev.alts.agent.credentials.Issuance;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.x509.InvalidCertificateException;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What this machine is: a master SVID, under which host services that a rule names may act as the
 * machine, and a TLS SVID, by which the CA knows it. Two keys, since a master key signs handshake
 * certificates and nothing else (handshake.md section 2).
 */
public final class MachineIdentity {
  private final MachineCredentials wire;
  private final MachineKeyPairs keys;
  private final HeldCertificate master;
  private final HeldCertificate tls;

  private MachineIdentity(
      MachineCredentials wire, MachineKeyPairs keys, HeldCertificate master, HeldCertificate tls) {
    this.wire = wire;
    this.keys = keys;
    this.master = master;
    this.tls = tls;
  }

  /** {@return the identity, if the certificates are those of our keys and of one machine} */
  static MachineIdentity of(MachineCredentials wire, MachineKeyPairs keys, RandomGenerator random)
      throws InvalidCertificateException {
    HeldCertificate master =
        HeldCertificate.of(wire.getMaster(), keys.master().getPrivate(), random);
    HeldCertificate tls = HeldCertificate.of(wire.getTls(), keys.tls().getPrivate(), random);
    if (!master.id().equals(tls.id()) || !master.id().toString().equals(wire.getSpiffeId())) {
      throw new InvalidCertificateException(
          "machine: %s, %s and %s (expected: one identity)"
              .formatted(wire.getSpiffeId(), master.id(), tls.id()));
    }
    if (!master.attributes().mayDelegate() || tls.attributes().mayDelegate()) {
      throw new InvalidCertificateException(
          "machine: mayDelegate (expected: on the master certificate and only there)");
    }
    return new MachineIdentity(wire, keys, master.withEarlierRenewal(tls), tls);
  }

  public String name() {
    return wire.getMachine();
  }

  public SpiffeId id() {
    return master.id();
  }

  /** {@return the master, to be renewed when either of the two must be} */
  public HeldCertificate master() {
    return master;
  }

  HeldCertificate tls() {
    return tls;
  }

  MachineCredentials wire() {
    return wire;
  }

  MachineKeyPairs keys() {
    return keys;
  }

  Instant issuedAt() {
    return master.attributes().issuedAt();
  }

  boolean isExpired(Instant now) {
    return now.isAfter(master.notAfter()) || now.isAfter(tls.notAfter());
  }

  /** {@return the master as a credential that host services are served from} */
  public Issuance.Granted asGranted() {
    Issuance.Identity own = new Issuance.Identity(id().toString(), "", "");
    return new Issuance.Granted(master, new Issuance.Terms(List.of(own), 0, true), List.of());
  }

  @Override
  public String toString() {
    return "MachineIdentity[%s until %s, keys redacted]".formatted(id(), master.notAfter());
  }
}
