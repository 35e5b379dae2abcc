package dev.alts.ca.grants;

import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;

/** What an agent has to do about a grant that it holds. */
public record GrantChange(
    Action action, SpiffeId spiffeId, RevocationId revocationId, String reason) {

  /** Whether the grant is gone or only to be renewed now. */
  public enum Action {
    WITHDRAW,
    ASK_AGAIN
  }
}
