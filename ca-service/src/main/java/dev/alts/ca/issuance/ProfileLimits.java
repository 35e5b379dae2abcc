package dev.alts.ca.issuance;

import dev.alts.ca.configuration.CaSettings;
import dev.alts.identity.EntityKind;
import java.time.Duration;

/** How long certificates of each profile live. */
record ProfileLimits(CaSettings.Lifetimes lifetimes) {
  Duration standard(CertificateProfile profile) {
    return profile.kind() == EntityKind.WORKLOAD ? lifetimes.workload() : longest(profile);
  }

  Duration longest(CertificateProfile profile) {
    return switch (profile) {
      case MACHINE_MASTER, MACHINE_TLS, CA_TLS -> lifetimes.machine();
      case WORKLOAD_MASTER, WORKLOAD_HANDED_OUT -> lifetimes.workloadLimit();
      case HUMAN_MASTER, HUMAN_TLS -> lifetimes.human();
    };
  }
}
