package dev.alts.agent;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * Keeps the agent's memory, which holds the machine's keys, from core dumps and from debuggers of
 * the same user (abuse-24). Reading /proc of others needs nothing of this process, so attestation
 * is not affected.
 */
final class ProcessHardening {
  private static final int PR_SET_DUMPABLE = 4;
  private static final int RLIMIT_CORE = 4;

  private ProcessHardening() {}

  /** {@return whether the kernel agreed to both} */
  @SuppressWarnings("restricted") // calls into the C library are what this class is for
  static boolean forbidDumps() {
    Linker linker = Linker.nativeLinker();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment zeroLimits = arena.allocate(JAVA_LONG, 2);
      int core =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().find("setrlimit").orElseThrow(),
                      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS))
                  .invokeExact(RLIMIT_CORE, zeroLimits);
      int dumpable =
          (int)
              linker
                  .downcallHandle(
                      linker.defaultLookup().find("prctl").orElseThrow(),
                      FunctionDescriptor.of(
                          JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                      Linker.Option.firstVariadicArg(1))
                  .invokeExact(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
      return core == 0 && dumpable == 0;
    } catch (Throwable e) {
      throw new AssertionError("a downcall with matching types throws nothing", e);
    }
  }
}
