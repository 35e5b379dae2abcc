package dev.alts.cli;

import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.ExitCode;
import dev.alts.cli.command.ApiCommand;
import dev.alts.cli.command.ApprovalCommand;
import dev.alts.cli.command.AuditCommand;
import dev.alts.cli.command.AuthorityCommand;
import dev.alts.cli.command.AuthorityRootCommand;
import dev.alts.cli.command.AuthorityUpstreamCommand;
import dev.alts.cli.command.BackupCommand;
import dev.alts.cli.command.BanCommand;
import dev.alts.cli.command.CertCommand;
import dev.alts.cli.command.CliContext;
import dev.alts.cli.command.CompletionCommand;
import dev.alts.cli.command.DocumentKeysCommand;
import dev.alts.cli.command.ExchangeCommand;
import dev.alts.cli.command.ExchangeIssuerCommand;
import dev.alts.cli.command.ExplainCommand;
import dev.alts.cli.command.FederationCommand;
import dev.alts.cli.command.HumanCommand;
import dev.alts.cli.command.HumanRoleCommand;
import dev.alts.cli.command.ImportCommand;
import dev.alts.cli.command.JwtKeysCommand;
import dev.alts.cli.command.LoginCommand;
import dev.alts.cli.command.MachineCommand;
import dev.alts.cli.command.NamingCommand;
import dev.alts.cli.command.OfflineCommand;
import dev.alts.cli.command.OperatorCommand;
import dev.alts.cli.command.PolicyCommand;
import dev.alts.cli.command.ProbeCommand;
import dev.alts.cli.command.RevocationCommand;
import dev.alts.cli.command.RevokeCommand;
import dev.alts.cli.command.RuleCommand;
import dev.alts.cli.command.RunCommand;
import dev.alts.cli.command.Session;
import dev.alts.cli.command.ShadowCommand;
import dev.alts.cli.command.TokenCommand;
import dev.alts.cli.command.UnbanCommand;
import dev.alts.cli.command.WhoamiCommand;
import dev.alts.cli.output.OutputFormat;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command {@code altsctl}: its global options, its subcommands and its exit codes. */
@Command(
    name = "altsctl",
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs an ALTS certificate authority from the command line.",
    footer = {
      "",
      "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 nobody answered,",
      "4 done in part, or a comparison found differences, 5 not done yet: waits for a second admin.",
      "Files are kept in ALTS_CONFIG_HOME, else in ~/.config/alts."
    })
public final class Altsctl {
  private final Session session;

  private Altsctl(CliContext context) {
    this.session = new Session(context);
  }

  /** {@return the complete command line over {@code context}} */
  public static CommandLine commandLine(CliContext context) {
    Altsctl altsctl = new Altsctl(context);
    Session session = altsctl.session;
    CommandLine commandLine = new CommandLine(altsctl);
    commandLine.addSubcommand(new LoginCommand(session));
    commandLine.addSubcommand(new OperatorCommand(session));
    commandLine.addSubcommand(new BackupCommand(session));
    commandLine.addSubcommand(new TokenCommand(session));
    commandLine.addSubcommand(new RuleCommand(session));
    commandLine.addSubcommand(new ExplainCommand(session));
    commandLine.addSubcommand(new MachineCommand(session));
    commandLine.addSubcommand(new CertCommand(session));
    commandLine.addSubcommand(
        new CommandLine(new HumanCommand(session)).addSubcommand(new HumanRoleCommand(session)));
    commandLine.addSubcommand(new WhoamiCommand(session));
    commandLine.addSubcommand(new ApprovalCommand(session));
    commandLine.addSubcommand(new ApiCommand(session));
    commandLine.addSubcommand(new NamingCommand(session));
    commandLine.addSubcommand(
        new CommandLine(new AuthorityCommand(session))
            .addSubcommand(new AuthorityRootCommand(session))
            .addSubcommand(new AuthorityUpstreamCommand(session))
            .addSubcommand(new DocumentKeysCommand(session))
            .addSubcommand(new JwtKeysCommand(session)));
    commandLine.addSubcommand(new FederationCommand(session));
    commandLine.addSubcommand(new OfflineCommand(session));
    commandLine.addSubcommand(new RevokeCommand(session));
    commandLine.addSubcommand(new RevocationCommand(session));
    commandLine.addSubcommand(new UnbanCommand(session));
    commandLine.addSubcommand(new BanCommand(session));
    commandLine.addSubcommand(PolicyCommand.commandLine(session));
    commandLine.addSubcommand(new AuditCommand(session));
    commandLine.addSubcommand(ImportCommand.commandLine(session));
    commandLine.addSubcommand(
        new CommandLine(new ExchangeCommand()).addSubcommand(new ExchangeIssuerCommand(session)));
    commandLine.addSubcommand(new RunCommand(session));
    commandLine.addSubcommand(ShadowCommand.commandLine(session));
    commandLine.addSubcommand(new ProbeCommand(session));
    commandLine.addSubcommand(new CompletionCommand(session, commandLine));
    return commandLine
        .registerConverter(CaAddresses.class, Altsctl::address)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(context.out())
        .setErr(context.err())
        .setParameterExceptionHandler(Altsctl::reportUsage)
        .setExecutionExceptionHandler((e, line, parsed) -> report(e, context));
  }

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      description = "How to print answers: ${COMPLETION-CANDIDATES}.")
  void useFormat(OutputFormat format) {
    session.useFormat(format);
  }

  @Option(
      names = "--ca",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT[,...]",
      description =
          "The CA's REST address, or those of its replicas; else ALTS_CA, else what you logged in to.")
  void useCa(CaAddresses address) {
    session.useCa(address);
  }

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;

  private static CaAddresses address(String text) {
    try {
      return CaAddresses.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static int reportUsage(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    line.getErr().println("altsctl: " + e.getMessage());
    line.getErr().println("  see: " + line.getCommandSpec().qualifiedName() + " --help");
    line.getErr().flush();
    return ExitCode.USAGE.number();
  }

  private static int report(Exception e, CliContext context) throws Exception {
    if (!(e instanceof CommandFailedException failure)) {
      // a fault of ours: the stack trace is the best that we can say
      throw e;
    }
    context.err().println("altsctl: " + failure.getMessage());
    if (failure.hint() != null) {
      context.err().println("  " + failure.hint());
    }
    context.err().flush();
    return failure.exitCode().number();
  }
}
