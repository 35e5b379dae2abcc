/**
 * The door to grpc-alts' record protocol, which is package-private: a competitor to be measured.
 */
@NullMarked
package io.grpc.alts.internal;

import org.jspecify.annotations.NullMarked;
