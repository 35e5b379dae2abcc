package dev.alts.ca.audit;

/** Which of a replica's chains an event belongs to: what people did is apart from what it did. */
enum Purpose {
  REPLICA,
  ADMIN;

  String column() {
    return this == REPLICA ? "replica" : "admin";
  }

  static Purpose of(AuditEvent event) {
    return switch (event) {
      case AuditEvent.CertificateIssued e -> REPLICA;
      case AuditEvent.JwtSvidAllowed e -> REPLICA;
      case AuditEvent.MachineAttested e -> REPLICA;
      case AuditEvent.MachineCopied e -> ADMIN;
      case AuditEvent.AttestationRefused e -> REPLICA;
      case AuditEvent.JoinTokenRedeemed e -> REPLICA;
      case AuditEvent.IdentityRefused e -> REPLICA;
      case AuditEvent.TokenExchanged e -> REPLICA;
      case AuditEvent.TokenRefused e -> REPLICA;
      case AuditEvent.HumanEnrolled e -> REPLICA;
      case AuditEvent.TrustDocumentSigned e -> REPLICA;
      case AuditEvent.LedgerDropped e -> REPLICA;
      case AuditEvent.ForeignDomainChanged e -> REPLICA;
      case AuditEvent.JoinTokenCreated e -> ADMIN;
      case AuditEvent.RulesChanged e -> ADMIN;
      case AuditEvent.HumanEnrolmentCreated e -> ADMIN;
      case AuditEvent.OperatorActed e -> ADMIN;
      case AuditEvent.AdminActed e -> ADMIN;
      case AuditEvent.AuthorityChanged e -> ADMIN;
      case AuditEvent.RootChanged e -> ADMIN;
      case AuditEvent.CertificateRevoked e -> ADMIN;
    };
  }
}
