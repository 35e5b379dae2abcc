package dev.alts.ca.configuration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where things lie unless the operator says otherwise: the system's directories for root, else the
 * user's own.
 */
record DefaultLocations(boolean root, Path home) {
  static DefaultLocations ofThisProcess() {
    return new DefaultLocations(
        "root".equals(System.getProperty("user.name")),
        Path.of(System.getProperty("user.home", "/nonexistent")));
  }

  Path dataDirectory(@Nullable Path configured) {
    return choose(configured, "/var/lib/alts/ca", ".local/share/alts/ca");
  }

  Path keyEncryptionKeyFile(@Nullable Path configured) {
    return choose(
        configured, "/etc/alts/ca/key-encryption-key", ".config/alts/ca/key-encryption-key");
  }

  Path databaseBinaries(@Nullable Path configured) {
    return choose(configured, "/var/cache/alts/postgresql", ".cache/alts/postgresql");
  }

  private Path choose(@Nullable Path configured, String ofRoot, String ofUser) {
    if (configured != null) {
      return configured.toAbsolutePath().normalize();
    }
    return root ? Path.of(ofRoot) : home.resolve(ofUser);
  }
}
