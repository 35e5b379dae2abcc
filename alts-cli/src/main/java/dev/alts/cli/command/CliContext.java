package dev.alts.cli.command;

import dev.alts.cli.home.ConfigHome;
import java.io.InputStream;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;

/** What a command may touch of the process that it runs in. */
public record CliContext(
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    ConfigHome home,
    InstantSource clock,
    SecureRandom random) {
  public CliContext {
    environment = Map.copyOf(environment);
  }
}
