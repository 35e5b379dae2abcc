package dev.alts.ca.attestation;

import java.time.Instant;
import java.util.Optional;

/** What machines were at a past time. Thread-safe. */
public interface MachinePast {
  /** {@return what the CA knew of the machine at that time; empty: it had not attested yet} */
  Optional<PastMachine> at(MachineName name, Instant time);

  /** {@return the ban that held at that time} */
  Optional<BanPeriod> banAt(MachineName name, Instant time);
}
