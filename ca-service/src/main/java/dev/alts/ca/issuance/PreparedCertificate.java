package dev.alts.ca.issuance;

import dev.alts.ca.authority.SigningAuthority;
import dev.alts.identity.Bytes;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A signed part that was linted: the only thing that {@link Issuer} signs, and only after the
 * record has it, and only once. Thread-safe.
 */
final class PreparedCertificate {
  private enum State {
    LINTED,
    RECORDED,
    SPENT
  }

  private final Bytes tbs;
  private final SvidCertificate form;
  private final SigningAuthority authority;
  private final CertificateProfile profile;
  private final AtomicReference<State> state;

  private PreparedCertificate(
      Bytes tbs,
      SvidCertificate form,
      SigningAuthority authority,
      CertificateProfile profile,
      State state) {
    this.tbs = tbs;
    this.form = form;
    this.authority = authority;
    this.profile = profile;
    this.state = new AtomicReference<>(state);
  }

  /** Only {@link Issuer#prepare} calls this, after the lint found nothing. */
  static PreparedCertificate linted(
      Bytes tbs, SvidCertificate form, SigningAuthority authority, CertificateProfile profile) {
    return new PreparedCertificate(tbs, form, authority, profile, State.LINTED);
  }

  /** Only {@link IssuanceRecords} calls this, with what it read back from the record. */
  static PreparedCertificate fromRecord(
      Bytes tbs, SigningAuthority authority, CertificateProfile profile) {
    try {
      return new PreparedCertificate(
          tbs, LintCandidate.unsigned(tbs), authority, profile, State.RECORDED);
    } catch (InvalidCertificateException e) {
      throw new IllegalStateException("the record of a certificate is damaged", e);
    }
  }

  /** Only {@link IssuanceRecords} calls this, after its transaction is durable. */
  void recorded() {
    if (!state.compareAndSet(State.LINTED, State.RECORDED)) {
      throw new IllegalStateException("prepared certificate: recorded twice");
    }
  }

  /** Takes the right to sign, which there is once. */
  void spend() {
    if (!state.compareAndSet(State.RECORDED, State.SPENT)) {
      throw new IllegalStateException(
          "prepared certificate: %s (expected: recorded, not yet signed)".formatted(state.get()));
    }
  }

  Bytes tbs() {
    return tbs;
  }

  /** {@return what parsers read in {@link #tbs()}; its signature is none} */
  SvidCertificate form() {
    return form;
  }

  SigningAuthority authority() {
    return authority;
  }

  CertificateProfile profile() {
    return profile;
  }
}
