package dev.alts.peer;

/** What the record protocol of a connection protects. */
public enum SecurityLevel {
  /** Nobody can change what is sent; who sees the wire can read it. */
  INTEGRITY_ONLY,
  /** Nobody can change or read what is sent. */
  INTEGRITY_AND_PRIVACY
}
