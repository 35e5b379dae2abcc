/**
 * Protects gRPC channels and servers that would have spoken clear text, without a line of their
 * code (ADR 20): gRPC finds the two providers here by itself and asks them first.
 *
 * <p>It decides what is taken over and what is left alone, and in the permissive mode who is spoken
 * to in clear; it knows nothing of handshakes or identities, and takes no credential of its own.
 * Start reading at {@link dev.alts.grpc.zerocode.ZeroCodeChannelProvider}.
 */
@NullMarked
package dev.alts.grpc.zerocode;

import org.jspecify.annotations.NullMarked;
