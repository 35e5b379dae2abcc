package dev.alts.ca.issuance;

/** The steps of docs/issuance.md, in their order. */
public enum IssuanceStep {
  AUTHORIZE,
  SERIAL,
  BUILD,
  LINT,
  RECORD,
  SIGN,
  COMPARE,
  REPLY
}
