package dev.alts.netty;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which handshakes compute. A full handshake costs a millisecond or so of signature
 * checks, ML-KEM and Diffie-Hellman; on an event loop, a thousand clients that reconnect at once
 * would stall every established channel for a second. Here they only wait for each other: as many
 * threads as processors, which the operating system slices fairly against the event loops.
 *
 * <p>The queue needs no limit of its own: a connection has at most one step in it, and the
 * handshake budget bounds the connections.
 */
final class HandshakeExecutor {
  private static final long IDLE_SECONDS = 30;
  private static final ThreadPoolExecutor SHARED = create();

  private HandshakeExecutor() {}

  static Executor shared() {
    return SHARED;
  }

  private static ThreadPoolExecutor create() {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory("alts-handshake", true));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
