package dev.alts.netty;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Peers that want a server to stop serving others, from many addresses of the loopback network:
 * some connect and stall, some begin bad handshakes at a steady rate. Who is thrown out comes back.
 */
final class Attackers implements AutoCloseable {
  private static final int TICKS_PER_SECOND = 50;
  private static final int PATIENCE_MILLIS = 15_000;

  private final InetSocketAddress target;
  private final int sources;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService peers = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger stalled = new AtomicInteger();
  final AtomicInteger stalls = new AtomicInteger();
  final AtomicInteger handshakes = new AtomicInteger();
  final AtomicInteger answered = new AtomicInteger();

  Attackers(InetSocketAddress target, int sources) {
    this.target = target;
    this.sources = sources;
  }

  /** Keeps {@code count} connections open on which nothing comes behind one of the beginnings. */
  void stall(int count, int perSecond, List<byte[]> beginnings) {
    everyTick(
        perSecond,
        () -> {
          if (stalled.incrementAndGet() > count) {
            stalled.decrementAndGet();
            return;
          }
          stalls.incrementAndGet();
          peers.execute(() -> {
            say(beginnings.get(stalls.get() % beginnings.size()), false);
            stalled.decrementAndGet();
          });
        });
  }

  /** Says one of the messages, then a ClientFinished that cannot be right, on new connections. */
  void beginHandshakes(int perSecond, List<byte[]> messages) {
    everyTick(
        perSecond,
        () -> {
          int number = handshakes.incrementAndGet();
          peers.execute(() -> say(messages.get(number % messages.size()), true));
        });
  }

  int stalledNow() {
    return stalled.get();
  }

  @Override
  public void close() throws InterruptedException {
    clock.shutdownNow();
    if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("attackers go on attacking");
    }
    for (Socket socket : new ArrayList<>(open)) {
      close(socket);
    }
    peers.shutdown();
    if (!peers.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("attackers do not end");
    }
  }

  private void everyTick(int perSecond, Runnable attack) {
    int perTick = Math.max(1, perSecond / TICKS_PER_SECOND);
    var unused =
        clock.scheduleAtFixedRate(
            () -> {
              for (int i = 0; i < perTick; i++) {
                attack.run();
              }
            },
            0,
            TimeUnit.SECONDS.toMicros(1) * perTick / perSecond,
            TimeUnit.MICROSECONDS);
  }

  private void say(byte[] message, boolean goOn) {
    Socket socket = new Socket();
    open.add(socket);
    try {
      // 127.0.1.x: none of them is the honest ones' address
      socket.bind(new InetSocketAddress("127.0.1." + (1 + next.getAndIncrement() % sources), 0));
      socket.connect(target, PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(message);
      byte[] answer = new byte[8 * 1024];
      if (socket.getInputStream().read(answer) > 0) {
        answered.incrementAndGet();
      }
      if (goOn) {
        out.write(new byte[] {38, 0, 0, 0, 4, 0, 0, 0, 0x0a, 0x20});
        out.write(new byte[32]);
        socket.getInputStream().readAllBytes();
      }
    } catch (SocketTimeoutException e) {
      // the server let it wait, which is the honest ones' gain
      return;
    } catch (IOException e) {
      // thrown out; the next tick comes back
      return;
    } finally {
      close(socket);
      open.remove(socket);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing a socket", e);
    }
  }
}
