package dev.alts.ca.configuration;

import dev.alts.identity.TrustDomain;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the operator configured, checked: paths are absolute, the key-encryption key lies outside
 * the data directory, lifetimes fit into each other.
 */
public record CaSettings(
    TrustDomain trustDomain,
    Path dataDirectory,
    Path keyEncryptionKeyFile,
    Path databaseBinaries,
    String address,
    int machinePort,
    Lifetimes lifetimes) {
  /** Longest life of a human's certificate (architecture section 2). */
  public static final Duration HUMAN_LIMIT = Duration.ofHours(20);

  public CaSettings {
    if (keyEncryptionKeyFile.startsWith(dataDirectory)) {
      throw new StartRefusedException(
          "alts.ca.key-encryption-key-file: %s lies inside the data directory %s, so a copy of that directory would open every key."
              .formatted(keyEncryptionKeyFile, dataDirectory),
          "Name a file outside it.");
    }
  }

  /** Lifetimes that fit into each other. */
  public record Lifetimes(
      Duration authority,
      Duration machine,
      Duration workload,
      Duration workloadLimit,
      Duration human,
      Duration trustDocument) {
    private static final Duration SHORTEST = Duration.ofSeconds(10);

    public Lifetimes {
      requireBetween("authority", authority, Duration.ofHours(1), Duration.ofDays(3650));
      requireBetween("machine", machine, SHORTEST, authority);
      requireBetween("workload-limit", workloadLimit, SHORTEST, authority);
      requireBetween("workload", workload, SHORTEST, workloadLimit);
      requireBetween("human", human, SHORTEST, HUMAN_LIMIT);
      requireBetween("trust-document", trustDocument, SHORTEST, Duration.ofDays(90));
    }

    private static void requireBetween(String name, Duration value, Duration min, Duration max) {
      if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
        throw new StartRefusedException(
            "alts.ca.lifetimes.%s is %s.".formatted(name, value),
            "Choose %s to %s.".formatted(min, max));
      }
    }
  }
}
