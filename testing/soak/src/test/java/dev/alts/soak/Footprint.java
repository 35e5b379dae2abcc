package dev.alts.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What this process holds, when it has nothing to do.
 *
 * @param heap what lives after a complete collection
 * @param nettyDirect direct memory of Netty's default allocator
 * @param jdkDirect direct buffers of the JDK
 * @param resident memory of the process, native libraries included; 0 where it cannot be read
 */
record Footprint(
    long heap, long nettyDirect, long jdkDirect, long resident, long threads, long files) {
  private static final int COLLECTIONS = 3;

  static Footprint now() {
    return new Footprint(
        heapBytes(),
        nettyDirectBytes(),
        jdkDirectBytes(),
        residentBytes(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getOpenFileDescriptorCount()
            : 0);
  }

  /** The least of some collections: what ends a moment later, on a busy machine, is not held. */
  private static long heapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
    }
    return least;
  }

  private static long nettyDirectBytes() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : 0;
  }

  private static long jdkDirectBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long residentBytes() {
    try {
      String pages = Files.readString(Path.of("/proc/self/statm")).split(" ")[1];
      return Long.parseLong(pages) * 4096;
    } catch (IOException elsewhere) {
      return 0;
    }
  }
}
