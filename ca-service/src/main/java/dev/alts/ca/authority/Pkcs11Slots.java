package dev.alts.ca.authority;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.ProviderException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The tokens that a PKCS#11 module has, by label. The JDK's provider wants a slot number, but slot
 * numbers change (SoftHSM's are random, others count what is plugged in) and labels do not.
 */
final class Pkcs11Slots {
  private static final long OK = 0;
  private static final long ALREADY_INITIALIZED = 0x191;
  private static final long OS_LOCKING_OK = 2;

  // CK_FUNCTION_LIST of PKCS#11 2.20 and later: a version, then pointers in this order.
  private static final int INITIALIZE = 0;
  private static final int GET_SLOT_LIST = 4;
  private static final int GET_TOKEN_INFO = 6;
  private static final int POINTERS = 7;

  private static final int LABEL_BYTES = 32;
  private static final int TOKEN_INFO_BYTES = 256;
  private static final int ARGUMENTS_BYTES = 48;
  private static final int FLAGS_OFFSET = 32;

  private final MemorySegment functions;

  private Pkcs11Slots(MemorySegment functions) {
    this.functions = functions;
  }

  /** {@return slot numbers by token label, of all tokens that are present and initialized} */
  static Map<String, Long> byLabel(Path library) {
    try (Arena arena = Arena.ofConfined()) {
      Pkcs11Slots module = load(library, arena);
      module.initialize(arena);
      return module.labels(arena);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a downcall with matching types throws nothing", e);
    }
  }

  @SuppressWarnings("restricted") // loads the module that the operator named
  private static Pkcs11Slots load(Path library, Arena arena) throws Throwable {
    MemorySegment getFunctionList =
        lookup(library)
            .find("C_GetFunctionList")
            .orElseThrow(() -> new ProviderException(library + " is no PKCS#11 module"));
    MethodHandle call =
        Linker.nativeLinker()
            .downcallHandle(
                getFunctionList, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    MemorySegment result = arena.allocate(ValueLayout.ADDRESS);
    check("C_GetFunctionList", (long) call.invokeExact(result));
    return new Pkcs11Slots(
        result
            .get(ValueLayout.ADDRESS, 0)
            .reinterpret((1 + POINTERS) * ValueLayout.ADDRESS.byteSize()));
  }

  @SuppressWarnings("restricted") // loads the module that the operator named
  private static SymbolLookup lookup(Path library) {
    try {
      // Never unloaded: the JDK's provider has the same module open as long as the process runs.
      return SymbolLookup.libraryLookup(library, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new ProviderException(library + " cannot be loaded", e);
    }
  }

  private void initialize(Arena arena) throws Throwable {
    MemorySegment arguments = arena.allocate(ARGUMENTS_BYTES, Long.BYTES);
    arguments.set(ValueLayout.JAVA_LONG, FLAGS_OFFSET, OS_LOCKING_OK);
    long result =
        (long)
            function(INITIALIZE, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS))
                .invokeExact(arguments);
    if (result != ALREADY_INITIALIZED) {
      check("C_Initialize", result);
    }
  }

  private Map<String, Long> labels(Arena arena) throws Throwable {
    MethodHandle getSlotList =
        function(
            GET_SLOT_LIST,
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_BYTE,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
    MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
    check("C_GetSlotList", (long) getSlotList.invokeExact((byte) 1, MemorySegment.NULL, count));
    MemorySegment slots =
        arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, count.get(ValueLayout.JAVA_LONG, 0)));
    check("C_GetSlotList", (long) getSlotList.invokeExact((byte) 1, slots, count));
    MethodHandle getTokenInfo =
        function(
            GET_TOKEN_INFO,
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    Map<String, Long> labels = new LinkedHashMap<>();
    for (int i = 0; i < count.get(ValueLayout.JAVA_LONG, 0); i++) {
      long slot = slots.getAtIndex(ValueLayout.JAVA_LONG, i);
      MemorySegment info = arena.allocate(TOKEN_INFO_BYTES, Long.BYTES);
      if ((long) getTokenInfo.invokeExact(slot, info) == OK) {
        byte[] label = info.asSlice(0, LABEL_BYTES).toArray(ValueLayout.JAVA_BYTE);
        labels.putIfAbsent(new String(label, StandardCharsets.UTF_8).strip(), slot);
      }
    }
    return labels;
  }

  @SuppressWarnings("restricted") // calls into the module are what this class is for
  private MethodHandle function(int index, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(functions.getAtIndex(ValueLayout.ADDRESS, 1 + index), descriptor);
  }

  private static void check(String function, long result) {
    if (result != OK) {
      throw new ProviderException("%s: 0x%x".formatted(function, result));
    }
  }
}
