package dev.alts.ca.authority;

/** What a key of the trust domain is for. A key has one purpose for life. */
enum KeyPurpose {
  ROOT,
  AUTHORITY,
  REVOCATION,
  NAMING,
  AUDIT,
  JWT;

  String column() {
    return switch (this) {
      case ROOT -> "root";
      case AUTHORITY -> "authority";
      case REVOCATION -> "revocation";
      case NAMING -> "naming";
      case AUDIT -> "audit";
      case JWT -> "jwt";
    };
  }
}
