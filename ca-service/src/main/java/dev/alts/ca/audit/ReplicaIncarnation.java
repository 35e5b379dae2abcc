package dev.alts.ca.audit;

import java.security.SecureRandom;
import java.util.UUID;

/** One life of one replica: from start to end of its process. Its audit chains carry this name. */
public record ReplicaIncarnation(UUID id) {
  /** {@return a new random one} */
  public static ReplicaIncarnation begin(SecureRandom random) {
    return new ReplicaIncarnation(new UUID(random.nextLong(), random.nextLong()));
  }
}
