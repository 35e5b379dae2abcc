package dev.alts.ca.machine;

import dev.alts.ca.policy.GrantedIdentity;

/** What a version of the rules means for something that a machine holds. */
sealed interface GrantVerdict {
  record Stays() implements GrantVerdict {}

  /** The identity stays, on other terms: a new certificate is needed. */
  record Changes(GrantedIdentity now, String why) implements GrantVerdict {}

  /** The identity is not given any more. */
  record Falls(String why) implements GrantVerdict {}
}
