package dev.alts.ca.configuration;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who keeps the private keys, below {@code alts.ca}.
 *
 * @param custody cannot change once the CA has started
 * @param previousKeyEncryptionKeyFile the key-encryption key so far: every row is wrapped again
 *     under the one that {@code key-encryption-key-file} names, which is made if it is not there.
 *     Must lie outside the data directory
 */
@ConfigurationProperties("alts.ca")
public record CustodyProperties(
    @DefaultValue("database") Custody custody,
    @Nullable Path previousKeyEncryptionKeyFile,
    @DefaultValue Pkcs11 pkcs11) {

  /** Where keys are kept: wrapped in the database, or in a PKCS#11 token that they never leave. */
  public enum Custody {
    DATABASE,
    PKCS11
  }

  /**
   * The token, if {@code custody} is {@code pkcs11}.
   *
   * @param library the PKCS#11 module, for example {@code /usr/lib/softhsm/libsofthsm2.so}
   * @param tokenLabel label of the token; either this or {@code slot}
   * @param slot number of its slot
   * @param pinFile file with the user PIN, mode 0600, outside the data directory
   */
  public record Pkcs11(
      @Nullable Path library,
      @Nullable String tokenLabel,
      @Nullable Long slot,
      @Nullable Path pinFile) {}
}
