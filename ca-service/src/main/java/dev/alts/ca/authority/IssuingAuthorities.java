package dev.alts.ca.authority;

import dev.alts.identity.EntityKind;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The issuing authorities that this replica can sign with. Thread-safe. */
public interface IssuingAuthorities {
  /** {@return the one that signs for entities of this kind now} */
  SigningAuthority current(EntityKind kind);

  /** {@return all of them, the oldest first} */
  List<SigningAuthority> all();

  /** {@return the one with this ID, unless it was revoked} */
  Optional<SigningAuthority> find(UUID id);
}
