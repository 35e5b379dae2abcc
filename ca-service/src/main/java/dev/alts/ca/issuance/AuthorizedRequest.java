package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that step 1 let through. Only {@link RequestAuthorizer} makes one, so holding one means
 * that profile, subject, key and lifetime were checked.
 */
final class AuthorizedRequest {
  private final CertificateRequest request;
  private final Duration lifetime;

  AuthorizedRequest(CertificateRequest request, Duration lifetime) {
    this.request = request;
    this.lifetime = lifetime;
  }

  IssuanceAuthorization authorization() {
    return request.authorization();
  }

  SpiffeId subject() {
    return request.authorization().subject();
  }

  CertificateProfile profile() {
    return request.profile();
  }

  /** {@return the public key's SubjectPublicKeyInfo, on the curve and in its one form} */
  Bytes spki() {
    return request.publicKey();
  }

  /** {@return names for plain-TLS clients; a master signs handshakes and has none} */
  List<String> dnsNames() {
    return request.profile().mayDelegate() ? List.of() : request.authorization().dnsNames();
  }

  Duration lifetime() {
    return lifetime;
  }

  @Nullable RecordAttachment attachment() {
    return request.attachment();
  }

  IdempotencyKey idempotencyKey() {
    return request.idempotencyKey();
  }
}
