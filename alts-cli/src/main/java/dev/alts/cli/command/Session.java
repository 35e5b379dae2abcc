package dev.alts.cli.command;

import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CaTls;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.cli.output.OutputFormat;
import dev.alts.cli.output.Printer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of altsctl: the global options, who is logged in, and the CA that they lead to.
 *
 * <p>Confined to the thread that parses and runs the command.
 */
public final class Session {
  private static final String CA_ENVIRONMENT = "ALTS_CA";

  private final CliContext context;
  private OutputFormat format = OutputFormat.TABLE;
  private @Nullable CaAddresses chosenCa;

  public Session(CliContext context) {
    this.context = context;
  }

  public void useFormat(OutputFormat chosen) {
    format = chosen;
  }

  public void useCa(CaAddresses chosen) {
    chosenCa = chosen;
  }

  CliContext context() {
    return context;
  }

  Printer printer() {
    return new Printer(context.out(), format);
  }

  /** Tells a person what goes on, without spoiling what a program reads. */
  void say(String line) {
    context.err().println(line);
    context.err().flush();
  }

  /** {@return the address that the user chose for this call, if any} */
  Optional<CaAddresses> chosenCa() {
    if (chosenCa != null) {
      return Optional.of(chosenCa);
    }
    String named = context.environment().get(CA_ENVIRONMENT);
    return named == null || named.isBlank() ? Optional.empty() : Optional.of(parse(named));
  }

  Login login() {
    Login login =
        context
            .home()
            .login()
            .orElseThrow(() ->
                CommandFailedException.refused(
                    "you are not logged in",
                    "get a code from an admin (altsctl human enrol NAME), then: altsctl login"));
    if (context.clock().instant().isAfter(login.notAfter())) {
      throw CommandFailedException.refused(
          "the login of %s ended at %s".formatted(login.spiffeId(), login.notAfter()),
          "get a new code from an admin (altsctl human enrol NAME), then: altsctl login");
    }
    return login;
  }

  /** {@return the CA as the human who is logged in sees it; the caller closes it} */
  CaClient ca() {
    Login login = login();
    CaAddresses address = chosenCa().orElse(login.ca());
    Login current = new LoginRefresh(context, address).refresh(login);
    return new CaClient(address, CaTls.asHuman(current, context.clock(), context.random()));
  }

  private static CaAddresses parse(String address) {
    try {
      return CaAddresses.parse(address);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), null);
    }
  }
}
