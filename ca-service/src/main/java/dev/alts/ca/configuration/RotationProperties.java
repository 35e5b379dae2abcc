package dev.alts.ca.configuration;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How issuing authorities are replaced, below {@code alts.ca.rotation}.
 *
 * @param automatic whether the CA prepares, activates and withdraws on its own; commands do it
 *     either way
 * @param prepareAfter part of an authority's life after which its successor is prepared and
 *     published, 0 to 1
 * @param deadline how long after that the successor is activated even though not every agent has
 *     said that it holds the trust document; before, it is activated as soon as all have
 * @param drain how long after a taint channels that rest on the authority are given to be replaced
 *     before it may be revoked without force
 * @param reissuesPerSecond how many certificates of the fleet are asked for anew in a second when
 *     an authority is tainted; agents spread their requests accordingly
 */
@ConfigurationProperties("alts.ca.rotation")
public record RotationProperties(
    @DefaultValue("true") boolean automatic,
    @DefaultValue("0.8") double prepareAfter,
    @DefaultValue("7d") Duration deadline,
    @DefaultValue("5m") Duration drain,
    @DefaultValue("200") int reissuesPerSecond) {
  public RotationProperties {
    if (!(prepareAfter > 0 && prepareAfter < 1)) {
      throw new StartRefusedException(
          "alts.ca.rotation.prepare-after is %s.".formatted(prepareAfter),
          "Choose a part of an authority's life, above 0 and below 1.");
    }
    if (deadline.isNegative() || drain.isNegative()) {
      throw new StartRefusedException(
          "alts.ca.rotation: deadline %s, drain %s.".formatted(deadline, drain),
          "Neither may be negative.");
    }
    if (reissuesPerSecond < 1) {
      throw new StartRefusedException(
          "alts.ca.rotation.reissues-per-second is %d.".formatted(reissuesPerSecond),
          "Choose at least 1.");
    }
  }
}
