package dev.alts.credentials;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;

/** A source whose users say themselves how long they wait for the first snapshot. */
interface PatientSource extends CredentialSource {
  CredentialSnapshot get(Patience patience);
}
