package dev.alts.cli;

import dev.alts.cli.command.CliContext;
import dev.alts.cli.home.ConfigHome;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;

/** Starts altsctl on the process's own streams, files and clock. */
public final class AltsctlMain {
  private AltsctlMain() {}

  public static void main(String[] arguments) {
    Map<String, String> environment = System.getenv();
    CliContext context =
        new CliContext(
            System.in,
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            environment,
            ConfigHome.ofUser(environment, Path.of(System.getProperty("user.home"))),
            InstantSource.system(),
            new SecureRandom());
    System.exit(Altsctl.commandLine(context).execute(arguments));
  }
}
