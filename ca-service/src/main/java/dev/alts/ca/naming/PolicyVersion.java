package dev.alts.ca.naming;

import dev.alts.identity.Bytes;
import java.time.Instant;

/**
 * One version of a record or revocation policy; the highest is in force.
 *
 * @param body the policy as protobuf
 */
public record PolicyVersion(
    long version, Bytes body, String author, String reason, Instant createdAt) {}
