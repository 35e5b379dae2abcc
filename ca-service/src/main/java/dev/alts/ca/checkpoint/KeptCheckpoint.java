package dev.alts.ca.checkpoint;

import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;

/**
 * A checkpoint as the database keeps it.
 *
 * @param keySpki public key that signed it, which may have been retired since
 */
record KeptCheckpoint(long number, SignedDocument signed, Bytes keySpki, Instant signedAt) {}
