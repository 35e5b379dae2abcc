package dev.alts.ca.admin;

import com.google.protobuf.ByteString;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.TrustedDomain;
import dev.alts.ca.admin.web.AuthenticatedHuman;
import dev.alts.ca.authority.PublishedTrustDocument;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.naming.DomainPolicies;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.naming.NamingPolicyVersion;
import dev.alts.ca.revocation.RevocationLists;
import dev.alts.identity.SpiffeId;
import dev.alts.wire.handshake.v1.EntityKind;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What a human's programs need besides their own certificates: a credential snapshot without a
 * credential. No resumption key is ever in it, as a human accepts no connections.
 */
@RestController
class DocumentsEndpoint {
  private final TrustDocuments trustDocuments;
  private final RevocationLists revocations;
  private final NamingPolicies naming;
  private final DomainPolicies policies;

  DocumentsEndpoint(
      TrustDocuments trustDocuments,
      RevocationLists revocations,
      NamingPolicies naming,
      DomainPolicies policies) {
    this.trustDocuments = trustDocuments;
    this.revocations = revocations;
    this.naming = naming;
    this.policies = policies;
  }

  @GetMapping("/v1/documents")
  ResponseEntity<byte[]> read(@AuthenticationPrincipal AuthenticatedHuman human) {
    return ResponseEntity.ok()
        .contentType(TrustDocumentEndpoint.PROTOBUF)
        .body(snapshot(human.spiffeId(), EntityKind.HUMAN).toByteArray());
  }

  /** {@return a snapshot without a credential for somebody who was authenticated} */
  CredentialSnapshot snapshot(SpiffeId id, EntityKind kind) {
    CredentialSnapshot.Builder snapshot =
        CredentialSnapshot.newBuilder()
            .setSpiffeId(id.toString())
            .setKind(kind)
            .addDomains(ownDomain());
    naming.current().map(NamingPolicyVersion::document).ifPresent(snapshot::setNamingPolicy);
    policies.record().ifPresent(snapshot::setRecordPolicy);
    policies.foreignDomains().ifPresent(snapshot::setForeignDomainPolicy);
    policies.revocation().ifPresent(snapshot::setRevocationPolicy);
    return snapshot.build();
  }

  private TrustedDomain ownDomain() {
    PublishedTrustDocument document = trustDocuments.current();
    TrustedDomain.Builder domain =
        TrustedDomain.newBuilder()
            .setTrustDomain(document.parsed().trustDomain().name())
            .setRootSpkiSha256(
                ByteString.copyFrom(document.parsed().rootFingerprint().sha256().asByteBuffer()))
            .setTrustDocument(document.signed())
            .addAllBridges(trustDocuments.bridges());
    revocations.current().ifPresent(domain::setRevocationList);
    return domain.build();
  }
}
