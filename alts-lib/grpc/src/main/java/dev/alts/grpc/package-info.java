/**
 * ALTS as a security layer of gRPC-Java: the only package of the library that sees {@code io.grpc}
 * internals.
 *
 * <p>It puts the handshake before HTTP/2, hands the verified peer to calls and their context, and
 * turns failures into gRPC statuses. It decides nothing about identity itself. Applications start
 * at {@link dev.alts.AltsChannelCredentials} and {@link dev.alts.AltsServerCredentials}; the parts
 * that they meet here are {@link dev.alts.grpc.AltsContextKeys} and {@link
 * dev.alts.grpc.AltsAuthorization}.
 */
@NullMarked
package dev.alts.grpc;

import org.jspecify.annotations.NullMarked;
