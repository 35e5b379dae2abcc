package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaAddresses;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CaTls;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.FirstContact;
import dev.alts.cli.home.Login;
import dev.alts.identity.document.BootstrapToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Logs a human in with the one-time code that an admin gave. */
@Command(
    name = "login",
    description = {
      "Log in with a one-time code.",
      "The keys are made here and stay here; the CA gets their public halves."
    })
public final class LoginCommand implements Runnable {
  private final Session session;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private CodeSource source = new CodeSource();

  public LoginCommand(Session session) {
    this.session = session;
  }

  /** Where the code comes from. */
  static final class CodeSource {
    @Option(
        names = "--code",
        paramLabel = "CODE",
        description = "The code; - reads it from standard input, out of sight of other users.")
    private @Nullable String code;

    @Option(names = "--code-file", paramLabel = "FILE", description = "A file with the code.")
    private @Nullable Path file;
  }

  @Override
  public void run() {
    CliContext context = session.context();
    try (BootstrapToken code = code()) {
      CaAddresses address = address();
      FirstContact contact = FirstContact.with(address, code.rootFingerprint(), context.random());
      IssuedLogin keys = new IssuedLogin(context.random());
      Login login =
          keys.complete(
              redeem(address, contact, code, keys),
              address,
              contact.document().rootFingerprint(),
              contact.encoded());
      context.home().keep(login);
      session
          .printer()
          .one(
              shown(login),
              List.of("Logged in as %s until %s.".formatted(login.spiffeId(), login.notAfter())));
    }
  }

  private JsonObject redeem(
      CaAddresses address, FirstContact contact, BootstrapToken code, IssuedLogin keys) {
    byte[] secret = code.secret().exposeCopy();
    JsonObject body = new JsonObject();
    body.addProperty("secret", Base64.getEncoder().encodeToString(secret));
    Arrays.fill(secret, (byte) 0);
    keys.describe(body);
    // Only now, to a server that the verified document vouches for, does the secret travel.
    try (CaClient ca =
        new CaClient(
            address,
            CaTls.asNobody(
                contact.document(), session.context().clock(), session.context().random()))) {
      return ca.post("/v1/enrolments/redeem", body);
    }
  }

  private CaAddresses address() {
    return session
        .chosenCa()
        .or(() -> session.context().home().login().map(Login::ca))
        .orElseThrow(() ->
            CommandFailedException.usage(
                "where is the CA?", "name its REST address: --ca HOST:PORT or ALTS_CA"));
  }

  private BootstrapToken code() {
    try {
      return BootstrapToken.parse(text().strip());
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
          "this is not a login code: " + e.getMessage(),
          "an admin makes one: altsctl human enrol NAME");
    } catch (IOException e) {
      throw CommandFailedException.usage("cannot read the code: " + e.getMessage(), null);
    }
  }

  private String text() throws IOException {
    if (source.file != null) {
      return Files.readString(source.file);
    }
    if (source.code != null && !source.code.equals("-")) {
      return source.code;
    }
    String line =
        new BufferedReader(new InputStreamReader(session.context().in(), StandardCharsets.UTF_8))
            .readLine();
    return line == null ? "" : line;
  }

  private static JsonObject shown(Login login) {
    JsonObject object = new JsonObject();
    object.addProperty("spiffeId", login.spiffeId().toString());
    object.addProperty("notAfter", login.notAfter().toString());
    object.addProperty("ca", login.ca().toString());
    return object;
  }
}
