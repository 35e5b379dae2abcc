package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.grants.GrantRows;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/**
 * How long a caller can do without us, for {@link Admission}. Its machine's own certificate says
 * it; the caller may state that something else ends earlier, which counts as far as our own record
 * agrees, and only a few times a minute for each machine. Who shows no certificate has all the time
 * there is. Thread-safe.
 */
@Component
class StatedTimeLeft {
  /** Whole seconds until the first of what the agent holds for its processes expires. */
  static final Metadata.Key<String> HEADER =
      Metadata.Key.of("alts-seconds-left", Metadata.ASCII_STRING_MARSHALLER);

  private static final Duration ALL_TIME = Duration.ofDays(365);
  private static final int MAX_DIGITS = 8;
  private static final int BELIEVED_PER_MINUTE = 6;

  /** Looking something up must not become the load that it is about. */
  private static final int LOOKUPS_AT_ONCE = 4;

  private final GrantRows grants;
  private final InstantSource clock;
  private final IssueQuota believed;
  private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);

  StatedTimeLeft(GrantRows grants, InstantSource clock) {
    this.grants = grants;
    this.clock = clock;
    this.believed = new IssueQuota(BELIEVED_PER_MINUTE, clock);
  }

  Duration of(ChannelSecurity security, Metadata headers) {
    Optional<SvidCertificate> certificate = security.certificate().flatMap(StatedTimeLeft::parse);
    if (certificate.isEmpty()) {
      return ALL_TIME;
    }
    Duration ofMachine = Duration.between(clock.instant(), certificate.get().notAfter());
    Optional<Duration> stated = stated(headers);
    Optional<MachineName> machine = MachineName.ofSpiffeId(certificate.get().id());
    if (stated.isEmpty() || machine.isEmpty() || stated.get().compareTo(ofMachine) >= 0) {
      return ofMachine;
    }
    return recorded(machine.get())
        .map(recorded -> later(stated.get(), recorded))
        .filter(checked -> checked.compareTo(ofMachine) < 0)
        .orElse(ofMachine);
  }

  private static Optional<SvidCertificate> parse(Bytes der) {
    try {
      return Optional.of(SvidCertificate.parse(der));
    } catch (InvalidCertificateException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> stated(Metadata headers) {
    String text = headers.get(HEADER);
    if (text == null
        || text.isEmpty()
        || text.length() > MAX_DIGITS
        || !text.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
  }

  /** {@return what our record says, or empty if it says nothing or is not to be asked now} */
  private Optional<Duration> recorded(MachineName machine) {
    if (!believed.take(machine.text()) || !lookups.tryAcquire()) {
      return Optional.empty();
    }
    try {
      return grants
          .firstEnd(machine)
          .map(end -> later(Duration.between(clock.instant(), end), Duration.ZERO));
    } finally {
      lookups.release();
    }
  }

  private static Duration later(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }
}
