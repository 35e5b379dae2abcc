package dev.alts.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * CPU time and allocated bytes of the benchmark's worker threads, per operation. Wall time on a
 * shared machine is off by its load; the CPU time of the thread that does the work is not. Compiler
 * and collector threads are left out.
 */
public final class CpuTimeProfiler implements InternalProfiler {
  /** Secondary result: microseconds of CPU per operation. */
  static final String CPU = "cpu.us";

  /** Secondary result: bytes allocated per operation. */
  static final String ALLOCATED = "allocated.B";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private long cpuNanos;
  private long allocatedBytes;

  @Override
  public String getDescription() {
    return "CPU time and allocation of the worker threads";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    long[] workers = workers();
    cpuNanos = sum(THREADS.getThreadCpuTime(workers));
    allocatedBytes = sum(THREADS.getThreadAllocatedBytes(workers));
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long[] workers = workers();
    double ops = result.getMetadata().getAllOps();
    double cpu = (sum(THREADS.getThreadCpuTime(workers)) - cpuNanos) / ops / 1_000;
    double bytes = (sum(THREADS.getThreadAllocatedBytes(workers)) - allocatedBytes) / ops;
    return List.of(
        new ScalarResult(CPU, cpu, "us/op", AggregationPolicy.AVG),
        new ScalarResult(ALLOCATED, bytes, "B/op", AggregationPolicy.AVG));
  }

  private static long[] workers() {
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().contains("jmh-worker"))
        .mapToLong(thread -> thread.getThreadId())
        .toArray();
  }

  private static long sum(long[] values) {
    return Arrays.stream(values).sum();
  }
}
