package dev.alts.ca.admin;

/** A policy as operators read and write it. */
sealed interface PolicyText permits RecordPolicyText, RevocationPolicyText, PacingText {
  /** {@return how the audit log tells it} */
  String describe();
}
