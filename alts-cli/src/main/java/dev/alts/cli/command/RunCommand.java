package dev.alts.cli.command;

import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.home.Login;
import dev.alts.cli.run.Job;
import dev.alts.cli.run.TokenSource;
import dev.alts.identity.document.RootFingerprint;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a program as a workload where there is no agent: a CI job, a function. */
@Command(
    name = "run",
    description = {
      "Run a program with certificates that a token of an OIDC issuer gives, where there is no agent.",
      "The program finds a socket for our library and for SPIFFE, and PEM files, in its environment."
    },
    footer = {
      "",
      "In GitHub Actions, with permissions id-token: write:",
      "  altsctl --ca ca.example:7444 run --oidc --root $ROOT -- ./deploy",
      "The exit code is the program's. SIGTERM, SIGINT and SIGHUP end the program, with SIGTERM.",
      "ALTS_AGENT_SOCKET, SPIFFE_ENDPOINT_SOCKET and ALTS_SVID_DIR (svid.pem, svid_key.pem,",
      "svid_bundle.pem) are set for it; all of that is gone when it has ended."
    })
public final class RunCommand implements Callable<Integer> {
  private static final String ROOT_ENVIRONMENT = "ALTS_ROOT";

  private final Session session;

  @Option(
      names = "--oidc",
      required = true,
      description = "Exchange a token of an OIDC issuer, the only way there is.")
  private boolean oidc;

  @Option(names = "--token-file", paramLabel = "FILE", description = "A file with the token.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--token-env",
      paramLabel = "VARIABLE",
      description = "A variable with the token; without both, GitHub is asked for one.")
  private @Nullable String tokenVariable;

  @Option(
      names = "--audience",
      paramLabel = "TEXT",
      defaultValue = "alts",
      description = "For whom GitHub is to make the token: ${DEFAULT-VALUE} if not given.")
  private String audience = "alts";

  @Option(
      names = "--root",
      paramLabel = "SHA256",
      description =
          "Fingerprint of the CA's root (altsctl authority root list); else ALTS_ROOT, else that of"
              + " your login.")
  private @Nullable String root;

  @Option(
      names = "--spiffe-id",
      paramLabel = "ID",
      description = "The identity, if the token gives several.")
  private @Nullable String spiffeId;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The program and its arguments.")
  private List<String> command = List.of();

  public RunCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    CliContext context = session.context();
    Job job =
        new Job(
            tokens(context),
            address(),
            root(context),
            Objects.requireNonNullElse(spiffeId, ""),
            new Job.Surroundings(
                context.environment(), context.clock(), context.random(), session::say));
    return job.run(command);
  }

  private TokenSource tokens(CliContext context) {
    if (!oidc || (tokenFile != null && tokenVariable != null)) {
      throw CommandFailedException.usage(
          "give --oidc and at most one of --token-file and --token-env", null);
    }
    if (tokenFile != null) {
      return new TokenSource.InFile(tokenFile);
    }
    return tokenVariable != null
        ? new TokenSource.InEnvironment(context.environment(), tokenVariable)
        : new TokenSource.OfGitHub(context.environment(), audience);
  }

  private CaAddresses address() {
    return session
        .chosenCa()
        .or(() -> session.context().home().login().map(Login::ca))
        .orElseThrow(() ->
            CommandFailedException.usage(
                "where is the CA?", "name its REST address: --ca HOST:PORT or ALTS_CA"));
  }

  private RootFingerprint root(CliContext context) {
    String text = root == null ? context.environment().get(ROOT_ENVIRONMENT) : root;
    if (text == null || text.isBlank()) {
      return context
          .home()
          .login()
          .map(Login::root)
          .orElseThrow(() ->
              CommandFailedException.usage(
                  "by what is the CA to be known?",
                  "give its root's fingerprint, --root or ALTS_ROOT: altsctl authority root list"));
    }
    try {
      return RootFingerprint.parse(text.strip());
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage("--root: " + e.getMessage(), null);
    }
  }
}
