package dev.alts.identity.verify;

/** What happens once a revocation list is past its fresh-for (handshake.md section 7). */
public enum StaleRevocation {
  /** Alarm only, until the list's valid-until. */
  KEEP_SERVING,
  /** Nothing new may rest on it. */
  REFUSE_NEW
}
