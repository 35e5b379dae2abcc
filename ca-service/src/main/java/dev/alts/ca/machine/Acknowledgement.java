package dev.alts.ca.machine;

import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.ca.attestation.MachineAuthentication.Authenticated;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.rotation.Holding;
import dev.alts.ca.rotation.TrustHolders;
import dev.alts.identity.Bytes;
import java.util.HashSet;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Takes an agent's word about what it holds, and about nobody else's holdings. */
@Component
class Acknowledgement {
  private final TrustHolders holders;
  private final TrustDocuments documents;

  Acknowledgement(TrustHolders holders, TrustDocuments documents) {
    this.holders = holders;
    this.documents = documents;
  }

  void take(Authenticated machine, AcknowledgeRequest request) {
    // Checked before anything is copied: the list is the caller's.
    if (request.getAuthorityKeyIdsCount() > Holding.MAX_AUTHORITIES) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "authority key ids: %d (expected: at most %d)"
              .formatted(request.getAuthorityKeyIdsCount(), Holding.MAX_AUTHORITIES));
    }
    long newest = documents.current().parsed().sequence();
    if (request.getTrustDocumentSequence() > newest) {
      // Another replica may have signed one that this one has yet to see; the agent asks again.
      throw new ApiException(
          ApiException.Code.UNAVAILABLE,
          "trust document %d is not known here yet".formatted(request.getTrustDocumentSequence()));
    }
    Set<Bytes> ids = new HashSet<>();
    request.getAuthorityKeyIdsList().forEach(id -> ids.add(WireCertificates.bytes(id)));
    try {
      holders.record(machine.name(), new Holding(request.getTrustDocumentSequence(), ids));
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiException.Code.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }
}
