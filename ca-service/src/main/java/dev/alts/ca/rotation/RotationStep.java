package dev.alts.ca.rotation;

/** What can be done to authorities, in the order of their life. */
public enum RotationStep {
  PREPARE,
  ACTIVATE,
  TAINT,
  REVOKE
}
