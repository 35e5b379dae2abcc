package dev.alts.cli.command;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Any operation of the interface, for scripts: curl cannot check a CA by its SPIFFE ID. */
@Command(
    name = "api",
    description = {
      "Call an operation of the REST interface as you, and print its JSON.",
      "All of them: altsctl api get /v1/openapi.json"
    })
public final class ApiCommand implements Runnable {
  private final Session session;

  @Parameters(index = "0", paramLabel = "METHOD", description = "get, post or put.")
  private String method = "";

  @Parameters(index = "1", paramLabel = "PATH", description = "Such as /v1/machines?limit=10.")
  private String path = "";

  @Option(
      names = "--body",
      paramLabel = "JSON",
      description = "The request for post and put; default: {}.")
  private @Nullable String body;

  public ApiCommand(Session session) {
    this.session = session;
  }

  @Override
  public void run() {
    if (!path.startsWith("/v1/")) {
      throw CommandFailedException.usage("PATH begins with /v1/", null);
    }
    try (CaClient ca = session.ca()) {
      JsonObject answer =
          switch (method.toLowerCase(Locale.ROOT)) {
            case "get" -> ca.get(path);
            case "post" -> ca.post(path, request());
            case "put" -> ca.put(path, request());
            default -> throw CommandFailedException.usage("METHOD is get, post or put", null);
          };
      session.context().out().println(answer);
      session.context().out().flush();
    }
  }

  private JsonObject request() {
    try {
      return body == null ? new JsonObject() : JsonParser.parseString(body).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw CommandFailedException.usage("--body is a JSON object", null);
    }
  }
}
