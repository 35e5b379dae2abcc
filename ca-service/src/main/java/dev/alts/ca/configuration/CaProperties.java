package dev.alts.ca.configuration;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Properties below {@code alts.ca} as Spring binds them; {@link CaSettings} is what they mean.
 *
 * @param trustDomain name of the trust domain; cannot change once the CA has started
 * @param dataDirectory where the CA keeps everything but the key-encryption key; default {@code
 *     /var/lib/alts/ca} for root, else {@code ~/.local/share/alts/ca}
 * @param keyEncryptionKeyFile must lie outside the data directory; default {@code
 *     /etc/alts/ca/key-encryption-key} for root, else {@code ~/.config/alts/ca/key-encryption-key}
 * @param address on which both ports listen
 */
@ConfigurationProperties("alts.ca")
@Validated
public record CaProperties(
    @DefaultValue("demo.alts") @NotBlank String trustDomain,
    @Nullable Path dataDirectory,
    @Nullable Path keyEncryptionKeyFile,
    @DefaultValue("127.0.0.1") @NotBlank String address,
    @DefaultValue @Valid Machine machine,
    @DefaultValue @Valid Lifetimes lifetimes,
    @DefaultValue @Valid Database database) {

  /**
   * @param port of the Machine API; 0: any free one
   */
  public record Machine(@DefaultValue("7443") @Min(0) @Max(65535) int port) {}

  /**
   * How long certificates and documents live.
   *
   * @param authority of issuing authorities, which bounds everything below
   * @param machine of machine SVIDs
   * @param workload default for workloads; a rule may ask for another one up to the limit
   * @param workloadLimit longest for workloads
   * @param human of humans, at most 20 hours
   * @param trustDocument until its next update; it is signed anew after half of it
   */
  public record Lifetimes(
      @DefaultValue("365d") Duration authority,
      @DefaultValue("24h") Duration machine,
      @DefaultValue("1h") Duration workload,
      @DefaultValue("24h") Duration workloadLimit,
      @DefaultValue("20h") Duration human,
      @DefaultValue("24h") Duration trustDocument) {}

  /**
   * The embedded PostgreSQL; unused if {@code spring.datasource.url} is set.
   *
   * @param binariesDirectory where its programs are unpacked; nobody else may be able to write
   *     there; default {@code /var/cache/alts/postgresql} for root, else {@code
   *     ~/.cache/alts/postgresql}
   */
  public record Database(@Nullable Path binariesDirectory) {}
}
