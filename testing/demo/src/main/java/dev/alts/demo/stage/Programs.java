package dev.alts.demo.stage;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Where the built programs and the JDK are. */
public record Programs(Path home, Path jdk) {
  /** Programs run for seconds: a quick start is worth more than peak speed. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xmx256m",
          "--sun-misc-unsafe-memory-access=allow");

  /** {@return the programs of the source tree that the property alts.home names} */
  public static Programs ofThisBuild() {
    String home = System.getProperty("alts.home");
    if (home == null) {
      throw new IllegalStateException("alts.home: not set (expected: run through ./alts)");
    }
    Programs programs = new Programs(Path.of(home), Path.of(System.getProperty("java.home")));
    for (Path jar :
        List.of(
            programs.ca(),
            programs.agent(),
            programs.altsctl(),
            programs.demo(),
            programs.plain(),
            programs.zeroCode())) {
      if (!Files.exists(jar)) {
        throw new IllegalStateException(jar + ": missing (expected: ./mvnw package before)");
      }
    }
    return programs;
  }

  public Path ca() {
    return home.resolve("ca-service/target/alts-ca-service.jar");
  }

  public Path agent() {
    return home.resolve("alts-agent/target/alts-agent.jar");
  }

  public Path altsctl() {
    return home.resolve("alts-cli/target/altsctl.jar");
  }

  public Path demo() {
    return home.resolve("testing/demo/target/alts-demo.jar");
  }

  /** A gRPC program that knows nothing of ALTS. */
  public Path plain() {
    return home.resolve("testing/plain/target/alts-plain.jar");
  }

  /** What protects such a program. */
  public Path zeroCode() {
    return home.resolve("alts-lib/grpc-zero-code/target/alts-grpc-zero-code.jar");
  }

  Path java() {
    return jdk.resolve("bin/java");
  }

  /** {@return the command that runs {@code jar}} */
  List<String> run(Path jar, List<String> arguments) {
    List<String> command = java(java());
    Path cache = cache(jar);
    if (Files.exists(cache)) {
      // one that does not fit is ignored by the JVM, with a line in the log
      command.add("-XX:AOTCache=" + cache);
    }
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(arguments);
    return command;
  }

  /** {@return where ./alts package writes the AOT cache of {@code jar}} */
  private static Path cache(Path jar) {
    return jar.resolveSibling(jar.getFileName().toString().replaceFirst("\\.jar$", ".aot"));
  }

  /** {@return the command that runs {@code mainClass} of {@code jars} with this java} */
  static List<String> run(Path java, List<Path> jars, String mainClass, List<String> arguments) {
    List<String> command = java(java);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        jars.stream()
            .map(jar -> jar + File.pathSeparator + jar.resolveSibling("lib") + "/*")
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  private static List<String> java(Path java) {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.addAll(JVM_OPTIONS);
    return command;
  }
}
