package dev.alts.ca.humans;

import dev.alts.identity.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The humans and their enrolment codes as rows. Time is the database's, so that replicas agree when
 * a code ends. Every method is one transaction.
 */
public interface HumanRegistry {

  Optional<Human> find(HumanName name);

  /** {@return at most {@code limit} humans in order of their names, behind {@code after}} */
  List<Human> list(@Nullable HumanName after, int limit);

  /** {@return whether anybody ever redeemed a code as an admin, disabled since or not} */
  boolean hasEverHadAdmin();

  /**
   * Stores a code, creating its human where there is none. Earlier unused codes of the human (for
   * {@code FIRST_ADMIN}: all of that purpose) end.
   *
   * @return when the code ends; empty: the human is disabled, or the purpose is {@code FIRST_ADMIN}
   *     and there has been an admin
   */
  Optional<Instant> addCode(NewEnrolmentCode code, Duration validity);

  /**
   * Uses a code up: of any number of concurrent callers one at most gets it. An unknown, a used, an
   * expired code and that of a disabled human cannot be told apart, and cost the same statement.
   */
  Optional<ClaimedCode> claim(Bytes secretSha256);

  /** {@return whether the human now is what the code says; false: disabled meanwhile} */
  boolean confirm(ClaimedCode code);

  /** Disables from now on and ends the human's codes. {@return false if there is no such human} */
  boolean disable(HumanName name);

  /** Enables again; certificates issued until now stay refused. {@return false if unknown} */
  boolean enable(HumanName name);

  /** A code to be stored; of its secret only the hash. */
  record NewEnrolmentCode(
      Bytes secretSha256, HumanName human, EnrolmentPurpose purpose, String createdBy) {}

  /** A code that this caller, and no other, has used up. */
  record ClaimedCode(HumanName human, EnrolmentPurpose purpose) {}
}
