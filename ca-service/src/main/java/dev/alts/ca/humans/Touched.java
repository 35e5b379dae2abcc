package dev.alts.ca.humans;

import dev.alts.identity.SpiffeId;
import java.util.Map;
import java.util.Optional;

/**
 * What an act touches, as it is stored and never as the request says.
 *
 * @param path of its SPIFFE ID in our own domain; empty: of several or none
 * @param machineLabels of the machine that it is on; empty: on several, none or an unknown one
 */
public record Touched(Optional<String> path, Optional<Map<String, String>> machineLabels) {
  public static Touched identity(SpiffeId id) {
    return new Touched(Optional.of(id.path()), Optional.empty());
  }

  public static Touched onMachine(SpiffeId id, Map<String, String> labels) {
    return new Touched(Optional.of(id.path()), Optional.of(labels));
  }

  /** Everything, or something of which too little is known. */
  public static Touched everything() {
    return new Touched(Optional.empty(), Optional.empty());
  }
}
