package dev.alts.ca.authority;

/** Where an issuing authority stands in its kind's rotation. */
public enum AuthoritySlot {
  /** Signs. */
  CURRENT,
  /** Published, waits until everybody has it. */
  NEXT
}
