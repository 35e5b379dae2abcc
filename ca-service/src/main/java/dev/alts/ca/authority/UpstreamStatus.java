package dev.alts.ca.authority;

import org.jspecify.annotations.Nullable;

/**
 * An issuing authority, as far as plain-TLS users of an upstream CA are concerned.
 *
 * @param chain null: it has none
 */
public record UpstreamStatus(
    AuthorityStatus authority, @Nullable UpstreamChain chain, Standing standing) {

  /** How it stands with an authority's upstream certificate. */
  public enum Standing {
    /** There is none, and no other authority has one. */
    NONE,
    /** There is none, although another authority has one: its users wait for it. */
    MISSING,
    GOOD,
    ENDS_SOON,
    /** It is handed out no more. */
    ENDED
  }
}
