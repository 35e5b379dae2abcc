package dev.alts.ca.issuance;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One certificate that waits to be recorded, with what it was asked for.
 *
 * @param epoch of the lease under which it was authorized
 */
record PendingRecord(
    AuthorizedRequest request,
    CertificateContent content,
    PreparedCertificate prepared,
    long epoch) {
  IssuanceAuthorization authorization() {
    return request.authorization();
  }

  BigInteger serial() {
    return content.serial();
  }

  /** {@return what a retry of the same requester has in common with this request} */
  Bytes requestKey() {
    return Sha256.of(
        request.authorization().requester().getBytes(StandardCharsets.UTF_8),
        new byte[] {0},
        request.idempotencyKey().value().toByteArray());
  }

  /** {@return what must be equal as well for it to be a retry} */
  Bytes requestDigest() {
    IssuanceAuthorization authorization = authorization();
    Duration lifetime = request.lifetime();
    String asked =
        String.join(
            "\u0000",
            request.profile().name(),
            request.subject().toString(),
            authorization.boundary(),
            authorization.machine(),
            request.spki().toHex(),
            lifetime.toString());
    return Sha256.of(asked.getBytes(StandardCharsets.UTF_8));
  }

  AuditEvent auditEvent() {
    IssuanceAuthorization authorization = authorization();
    return new AuditEvent.CertificateIssued(
        serial().toString(16),
        content.attributes().revocationId(),
        content.subject(),
        content.profile().name(),
        content.issuer().id().toString(),
        authorization.boundary(),
        authorization.machine(),
        authorization.describe(),
        authorization.requester(),
        content.attributes().issuedAt(),
        content.notAfter());
  }
}
