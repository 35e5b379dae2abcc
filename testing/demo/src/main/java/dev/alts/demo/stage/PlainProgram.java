package dev.alts.demo.stage;

import java.nio.file.Path;
import java.util.List;

/**
 * A gRPC program that was compiled without ALTS.
 *
 * @param hasJar whether the jar that protects it is on its class path
 */
public record PlainProgram(String mainClass, boolean hasJar) {
  public static final PlainProgram SERVER = new PlainProgram("dev.alts.plain.GreeterServer", true);
  public static final PlainProgram CLIENT = new PlainProgram("dev.alts.plain.GreeterClient", true);

  public PlainProgram withoutJar() {
    return new PlainProgram(mainClass, false);
  }

  List<Path> jars(Programs programs) {
    return hasJar ? List.of(programs.plain(), programs.zeroCode()) : List.of(programs.plain());
  }
}
