package dev.alts.ca.issuance;

import java.util.List;

/**
 * Issues certificates. Thread-safe; concurrent calls share durable writes.
 *
 * <p>Whatever is issued was recorded, with its audit event, before it was signed.
 */
public interface IssuanceService {
  /** {@return one outcome for each request, in order; one that fails does not fail the others} */
  List<IssuanceOutcome> issue(List<CertificateRequest> requests);

  /** As {@link #issue(List)} for one request. */
  default IssuanceOutcome issue(CertificateRequest request) {
    return issue(List.of(request)).getFirst();
  }
}
