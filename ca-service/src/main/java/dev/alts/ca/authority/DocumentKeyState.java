package dev.alts.ca.authority;

/** What a document key is good for. All that there are, are in the trust document. */
public enum DocumentKeyState {
  /** Signs nothing yet. */
  PREPARED,
  SIGNING,
  /** Signs nothing any more; what it signed is good until it is retired. */
  FORMER
}
