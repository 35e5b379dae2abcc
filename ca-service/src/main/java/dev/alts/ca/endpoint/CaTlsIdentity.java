package dev.alts.ca.endpoint;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.authority.TrustDocuments.Subscription;
import dev.alts.ca.database.DatabaseClock;
import dev.alts.ca.issuance.CertificateProfile;
import dev.alts.ca.issuance.CertificateRequest;
import dev.alts.ca.issuance.IdempotencyKey;
import dev.alts.ca.issuance.IssuanceAuthorization;
import dev.alts.ca.issuance.IssuanceOutcome;
import dev.alts.ca.issuance.IssuanceService;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.AuthorityState;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The SVID for {@code /ca} that both TLS ports show. Its key lives in this process only and is new
 * with every renewal. Thread-safe.
 */
public final class CaTlsIdentity {
  private static final Logger log = LoggerFactory.getLogger(CaTlsIdentity.class);

  private final SpiffeId id;
  private final IssuanceService issuance;
  private final TrustDocuments documents;
  private final DatabaseClock clock;
  private final SecureRandom random;
  private final List<Consumer<X509Svid>> listeners = new CopyOnWriteArrayList<>();
  private volatile X509Svid current;

  CaTlsIdentity(
      SpiffeId id,
      IssuanceService issuance,
      TrustDocuments documents,
      DatabaseClock clock,
      SecureRandom random) {
    this.id = id;
    this.issuance = issuance;
    this.documents = documents;
    this.clock = clock;
    this.random = random;
    this.current = issue();
  }

  public X509Svid current() {
    return current;
  }

  /** Calls {@code listener} with every later SVID until the result is closed. */
  public Subscription onChange(Consumer<X509Svid> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Renews the SVID if half of its life is over, or if its authority is no longer to be used. */
  synchronized void renewIfDue() {
    Instant notBefore = current.leaf().notBefore();
    Duration life = Duration.between(notBefore, current.leaf().notAfter());
    if (clock.now().isBefore(notBefore.plus(life.dividedBy(2))) && isAuthorityGood()) {
      return;
    }
    X509Svid renewed = issue();
    current = renewed;
    listeners.forEach(listener -> listener.accept(renewed));
    log.info("TLS identity renewed: id={} notAfter={}", id, renewed.leaf().notAfter());
  }

  private boolean isAuthorityGood() {
    Optional<Bytes> keyId = current.leaf().certificate().authorityKeyIdentifier();
    return documents.current().parsed().authorities().stream()
        .filter(member -> member.state() != AuthorityState.TAINTED)
        .anyMatch(member -> member.certificate().subjectKeyIdentifier().equals(keyId));
  }

  private X509Svid issue() {
    KeyPair pair = EcdsaP256.best().generateKeyPair(random);
    IssuanceOutcome outcome =
        issuance.issue(
            new CertificateRequest(
                IdempotencyKey.random(random),
                new IssuanceAuthorization.OwnEndpoint(id),
                CertificateProfile.CA_TLS,
                Bytes.copyOf(pair.getPublic().getEncoded()),
                null));
    return switch (outcome) {
      case IssuanceOutcome.Issued issued -> svid(issued, pair);
      case IssuanceOutcome.Refused refused ->
          throw new IllegalStateException("own TLS identity refused: " + refused.explanation());
      case IssuanceOutcome.Unavailable unavailable ->
          throw new IllegalStateException(
              "own TLS identity not issued: " + unavailable.explanation());
    };
  }

  private static X509Svid svid(IssuanceOutcome.Issued issued, KeyPair pair) {
    try {
      return X509Svid.of(List.of(issued.certificate().der()), pair.getPrivate());
    } catch (InvalidCertificateException e) {
      throw new AssertionError("what we issue passed the strict parser already", e);
    }
  }
}
