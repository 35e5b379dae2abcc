package dev.alts.identity.x509;

/** Object identifiers by the hexadecimal content of their DER. */
final class Oids {
  static final String SUBJECT_KEY_IDENTIFIER = "551d0e";
  static final String KEY_USAGE = "551d0f";
  static final String SUBJECT_ALTERNATIVE_NAME = "551d11";
  static final String BASIC_CONSTRAINTS = "551d13";
  static final String NAME_CONSTRAINTS = "551d1e";
  static final String CERTIFICATE_POLICIES = "551d20";
  static final String POLICY_MAPPINGS = "551d21";
  static final String AUTHORITY_KEY_IDENTIFIER = "551d23";
  static final String POLICY_CONSTRAINTS = "551d24";
  static final String EXTENDED_KEY_USAGE = "551d25";
  static final String INHIBIT_ANY_POLICY = "551d36";

  /** {@link AltsAttributesExtension#OID}. */
  static final String ALTS_ATTRIBUTES =
      "2a864886f71401be40937a9820ae5081a51481997982e71a87c6ee73849a8435";

  private Oids() {}
}
