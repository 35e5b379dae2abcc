package dev.alts.benchmarks;

import dev.alts.crypto.Crypto;
import dev.alts.identity.crypto.EcdsaP256;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and how a table was measured. */
record Environment(
    String date,
    String machine,
    String java,
    String flags,
    String providers,
    int rounds,
    String load,
    long seconds) {

  static Environment ofThisMachine(int rounds, long seconds) {
    return new Environment(
        LocalDate.now(ZoneOffset.UTC).toString(),
        "%s, %d CPUs, %s %s"
            .formatted(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch")),
        "%s %s"
            .formatted(System.getProperty("java.vm.name"), System.getProperty("java.vm.version")),
        String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()),
        "%s, ECDSA P-256 %s"
            .formatted(Crypto.best().description(), EcdsaP256.best().providerName()),
        rounds,
        "%.1f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()),
        seconds);
  }

  private static String processor() {
    Path cpus = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpus)) {
      return "unknown processor";
    }
    try (var lines = Files.lines(cpus)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown processor");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the processor's name from " + cpus, e);
    }
  }
}
