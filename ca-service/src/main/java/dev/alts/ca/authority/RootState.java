package dev.alts.ca.authority;

/** The life of a root. */
public enum RootState {
  /** Named by the trust document as the next one; signs nothing yet. */
  SUCCESSOR,
  /** Signs trust documents. */
  ACTIVE,
  /** Signs nothing any more; its private key is erased. */
  RETIRED
}
