package dev.alts.ca.issuance;

import dev.alts.ca.authority.CustodyUnavailableException;
import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.issuance.Signatures.SignedRow;
import dev.alts.ca.replica.LeaseLostException;
import dev.alts.ca.replica.ReplicaLease;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.x509.SvidCertificate;
import java.math.BigInteger;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * The steps of docs/issuance.md in their order, which is the security property: nothing is signed
 * that is not recorded, nothing is recorded that was not linted.
 */
final class StepwiseIssuance implements IssuanceService {
  private static final Logger log = LoggerFactory.getLogger(StepwiseIssuance.class);

  private final RequestAuthorizer authorizer;
  private final SerialNumbers serials;
  private final NumberBlocks revocationNumbers;
  private final IssuingAuthorities authorities;
  private final DatabaseClock clock;
  private final Issuer issuer;
  private final GroupCommit groupCommit;
  private final Signatures signatures;
  private final ReplicaLease lease;
  private final StepReport report;

  StepwiseIssuance(Parts parts) {
    this.authorizer = parts.authorizer();
    this.serials = parts.serials();
    this.revocationNumbers = parts.revocationNumbers();
    this.authorities = parts.authorities();
    this.clock = parts.clock();
    this.issuer = parts.issuer();
    this.groupCommit = parts.groupCommit();
    this.signatures = parts.signatures();
    this.lease = parts.lease();
    this.report = parts.report();
  }

  @Override
  public List<IssuanceOutcome> issue(List<CertificateRequest> requests) {
    List<Supplier<IssuanceOutcome>> started = new ArrayList<>();
    for (CertificateRequest request : requests) {
      started.add(start(request));
    }
    return started.stream().map(Supplier::get).toList();
  }

  /** Steps 1 to 5; the rest follows in the caller's thread once its record is durable. */
  private Supplier<IssuanceOutcome> start(CertificateRequest request) {
    try {
      long epoch = lease.epoch();
      // 1. Authorize.
      AuthorizedRequest authorized = authorizer.authorize(request);
      report.took(IssuanceStep.AUTHORIZE, Bytes.empty());
      // 2. Serial, revocation ID and time of issue.
      SigningAuthority authority = authorities.current(authorized.profile().kind());
      BigInteger serial = serials.next();
      CertificateContent content =
          CertificateContent.of(authorized, serial, authority, attributes(authorized));
      report.took(IssuanceStep.SERIAL, Bytes.empty());
      // 3. Build. 4. Lint.
      PreparedCertificate prepared = issuer.prepare(content, report);
      if (!lease.allows(epoch)) {
        return StepwiseIssuance::leaseLost;
      }
      // 5. Record, with the audit event, in one durable write with others.
      CompletableFuture<RecordResult> durable =
          groupCommit.record(new PendingRecord(authorized, content, prepared, epoch));
      return () -> finish(durable.join(), epoch);
    } catch (RequestRefusedException e) {
      return e::toOutcome;
    } catch (LeaseLostException e) {
      return StepwiseIssuance::leaseLost;
    } catch (DataAccessException | TransactionException e) {
      log.warn("Certificate not prepared: {}", e.toString());
      return () -> new IssuanceOutcome.Unavailable("the database does not answer");
    }
  }

  private AltsAttributes attributes(AuthorizedRequest request) {
    IssuanceAuthorization authorization = request.authorization();
    int category = request.profile().kind().number();
    return new AltsAttributes(
        request.profile().kind(),
        authorization.boundary(),
        authorization.machine(),
        RevocationId.of(category, revocationNumbers.next()),
        clock.now().truncatedTo(ChronoUnit.SECONDS),
        request.profile().mayDelegate());
  }

  private IssuanceOutcome finish(RecordResult result, long epoch) {
    return switch (result) {
      case RecordResult.Failed failed -> new IssuanceOutcome.Unavailable(failed.explanation());
      case RecordResult.KeyReused reused ->
          new IssuanceOutcome.Refused(
              IssuanceOutcome.Reason.IDEMPOTENCY_KEY_REUSED,
              "this idempotency key was used for another request");
      case RecordResult.Durable durable -> {
        try {
          yield sign(durable, epoch);
        } catch (CustodyUnavailableException e) {
          // The record stays: a retry with the same idempotency key is answered with its signature.
          log.warn("Certificate recorded but not signed: {}", e.toString());
          yield new IssuanceOutcome.Unavailable(CustodyUnavailableException.FOR_CALLERS);
        }
      }
    };
  }

  private IssuanceOutcome sign(RecordResult.Durable durable, long epoch) {
    PreparedCertificate prepared = durable.prepared();
    report.took(IssuanceStep.RECORD, prepared.tbs());
    // A replica that slept through the end of its lease does not know what was revoked meanwhile.
    if (!lease.allows(epoch)) {
      return leaseLost();
    }
    // 6. Sign, unless a retry is answered with the signature that there is.
    Bytes signature = durable.signature();
    if (signature == null) {
      signature =
          signatures
              .find(prepared.tbs())
              .orElseGet(() -> signatures.keepFirst(prepared.tbs(), issuer.sign(prepared, report)));
    }
    // 7. Compare with what was recorded.
    Bytes der = issuer.compare(prepared, signature, report);
    SvidCertificate form = prepared.form();
    groupCommit.saveLater(new SignedRow(form.x509().getSerialNumber(), form.notAfter(), signature));
    // 8. Reply, unless the lease ended while we signed.
    if (!lease.allows(epoch)) {
      return leaseLost();
    }
    IssuedCertificate issued = IssuedCertificate.of(der, form, prepared.profile());
    report.took(IssuanceStep.REPLY, der);
    return new IssuanceOutcome.Issued(issued);
  }

  private static IssuanceOutcome leaseLost() {
    return new IssuanceOutcome.Unavailable("this replica has lost its lease; ask again");
  }

  /** What issuance works with. */
  record Parts(
      RequestAuthorizer authorizer,
      SerialNumbers serials,
      NumberBlocks revocationNumbers,
      IssuingAuthorities authorities,
      DatabaseClock clock,
      Issuer issuer,
      GroupCommit groupCommit,
      Signatures signatures,
      ReplicaLease lease,
      StepReport report) {}
}
