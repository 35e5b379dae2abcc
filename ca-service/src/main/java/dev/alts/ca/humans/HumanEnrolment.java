package dev.alts.ca.humans;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.humans.HumanRegistry.NewEnrolmentCode;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.BootstrapToken;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Invites humans: mints one-time enrolment codes that name the root they are good for. */
@Service
public class HumanEnrolment {
  /** How long a code is good. */
  public static final Duration CODE_VALIDITY = Duration.ofMinutes(10);

  private final HumanRegistry humans;
  private final TrustDocuments trustDocuments;
  private final AuditLog audit;
  private final SecureRandom random;

  HumanEnrolment(
      HumanRegistry humans, TrustDocuments trustDocuments, AuditLog audit, SecureRandom random) {
    this.humans = humans;
    this.trustDocuments = trustDocuments;
    this.audit = audit;
    this.random = random;
  }

  /** {@return whether anybody has ever been an admin here} */
  public boolean hasEverHadAdmin() {
    return humans.hasEverHadAdmin();
  }

  /**
   * Invites a human, known or new. Its earlier unused codes end.
   *
   * @param invitedBy as the audit log names it
   */
  @Transactional
  public Invitation invite(HumanName name, EnrolmentPurpose purpose, String invitedBy) {
    BootstrapToken code = BootstrapToken.mint(random, trustDocuments.rootFingerprint());
    Optional<Instant> expiresAt =
        humans.addCode(
            new NewEnrolmentCode(hash(code.secret()), name, purpose, invitedBy), CODE_VALIDITY);
    if (expiresAt.isPresent()) {
      // In the same transaction: if the log cannot take it, there is no code. Behind the code's
      // row,
      // as when a code is redeemed, so that the two never wait for each other.
      audit.append(
          new AuditEvent.HumanEnrolmentCreated(name.text(), purpose.makesAdmin(), invitedBy));
      return new Invitation.Invited(code, expiresAt.get());
    }
    code.close();
    return purpose == EnrolmentPurpose.FIRST_ADMIN && humans.hasEverHadAdmin()
        ? new Invitation.NotTheFirstAdmin()
        : new Invitation.HumanDisabled();
  }

  /**
   * {@return what stands in the database for a secret} The secret has 256 random bits, so a plain
   * hash cannot be searched, and the time of a look-up by hash tells nothing about the secret.
   */
  static Bytes hash(SecretBytes secret) {
    byte[] copy = secret.exposeCopy();
    Bytes hash = Sha256.of(copy);
    Arrays.fill(copy, (byte) 0);
    return hash;
  }
}
