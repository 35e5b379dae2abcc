package dev.alts.ca.backup;

import java.util.List;
import java.util.UUID;

/**
 * What a backup says about itself, in clear at its beginning. Nothing in it is secret.
 *
 * @param takenAt RFC 3339, the database's clock
 * @param schemaVersions the migrations that the database had, in order
 * @param custody who keeps the private keys
 * @param wrappingKeyId names the key without which the backup is worth nothing
 * @param original host:port where the CA that made it listened; empty if it did not
 */
record BackupHeader(
    UUID id,
    String trustDomain,
    String takenAt,
    List<String> schemaVersions,
    String custody,
    String wrappingKeyId,
    String original) {
  BackupHeader {
    schemaVersions = List.copyOf(schemaVersions);
  }
}
