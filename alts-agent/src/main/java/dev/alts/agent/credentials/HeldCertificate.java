package dev.alts.agent.credentials;

import dev.alts.api.machine.v1.IssuedCertificate;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A certificate that the CA issued for a key of ours, with that key and the time of its renewal.
 * What it says of its holder is read from the certificate, not from the message around it.
 * Immutable.
 */
public final class HeldCertificate {
  private final X509Svid svid;
  private final AltsAttributes attributes;
  private final RotationSchedule schedule;
  private final IssuedCertificate wire;

  private HeldCertificate(
      X509Svid svid, AltsAttributes attributes, RotationSchedule schedule, IssuedCertificate wire) {
    this.svid = svid;
    this.attributes = attributes;
    this.schedule = schedule;
    this.wire = wire;
  }

  /**
   * {@return the certificate, with its renewal planned once and for all}
   *
   * @throws InvalidCertificateException if it is not one of our key, or not of our kind
   */
  public static HeldCertificate of(IssuedCertificate issued, PrivateKey key, RandomGenerator random)
      throws InvalidCertificateException {
    List<Bytes> chain =
        issued.getChainList().stream()
            .map(der -> Bytes.copyOf(der.asReadOnlyByteBuffer()))
            .toList();
    X509Svid svid = X509Svid.of(chain, key);
    AltsAttributes attributes =
        svid.attributes()
            .orElseThrow(
                () -> new InvalidCertificateException("SVID: without AltsAttributes from our CA"));
    RotationSchedule schedule =
        RotationSchedule.of(
            attributes.issuedAt(),
            Instant.ofEpochSecond(issued.getRenewAt()),
            Duration.ofSeconds(Integer.toUnsignedLong(issued.getRenewJitterSeconds())),
            svid.leaf().notAfter(),
            random);
    return new HeldCertificate(svid, attributes, schedule, issued);
  }

  /** {@return this certificate, to be renewed when {@code other} must be, if that is earlier} */
  public HeldCertificate withEarlierRenewal(HeldCertificate other) {
    return other.schedule.renewAt().isBefore(schedule.renewAt())
        ? new HeldCertificate(svid, attributes, schedule.dueAt(other.schedule.renewAt()), wire)
        : this;
  }

  public X509Svid svid() {
    return svid;
  }

  /**
   * {@return what an upstream CA has certified of the issuer, DER, nearest first; empty: nothing}
   * For plain-TLS users behind the leaf; nothing of ours verifies by it.
   */
  public List<Bytes> upstreamChain() {
    return wire.getUpstreamChainList().stream()
        .map(der -> Bytes.copyOf(der.asReadOnlyByteBuffer()))
        .toList();
  }

  public SpiffeId id() {
    return svid.id();
  }

  public AltsAttributes attributes() {
    return attributes;
  }

  public RotationSchedule schedule() {
    return schedule;
  }

  public Instant notAfter() {
    return schedule.notAfter();
  }

  /** {@return the message that it came in, to be stored} */
  public IssuedCertificate wire() {
    return wire;
  }

  @Override
  public String toString() {
    return "HeldCertificate[%s until %s]".formatted(id(), notAfter());
  }
}
