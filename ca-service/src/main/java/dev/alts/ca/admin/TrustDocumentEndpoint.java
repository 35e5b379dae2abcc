package dev.alts.ca.admin;

import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.ca.authority.TrustDocuments;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The trust document, for everybody: a newcomer fetches it before anything is trusted and checks it
 * against the root fingerprint of a code.
 */
@RestController
class TrustDocumentEndpoint {
  static final MediaType PROTOBUF = new MediaType("application", "x-protobuf");

  private final TrustDocuments trustDocuments;

  TrustDocumentEndpoint(TrustDocuments trustDocuments) {
    this.trustDocuments = trustDocuments;
  }

  /** The trust document with all that it takes to come to it from an earlier root. */
  @GetMapping("/v1/trust-documents")
  ResponseEntity<byte[]> readWithBridges() {
    return ResponseEntity.ok()
        .contentType(PROTOBUF)
        .body(
            GetTrustDocumentResponse.newBuilder()
                .setTrustDocument(trustDocuments.current().signed())
                .addAllBridges(trustDocuments.bridges())
                .build()
                .toByteArray());
  }

  @GetMapping("/v1/trust-document")
  ResponseEntity<byte[]> read() {
    return ResponseEntity.ok()
        .contentType(PROTOBUF)
        .body(trustDocuments.current().signed().toByteArray());
  }
}
