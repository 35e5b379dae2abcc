package dev.alts.cli.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.alts.cli.ca.CommandFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Where tokens come from. Each works once, so whoever wants to renew asks for another. */
public sealed interface TokenSource {
  /** Longest token that a CA takes. */
  int MAX_CHARS = 8192;

  /**
   * {@return a token}
   *
   * @throws CommandFailedException if there is none
   */
  String token();

  /** A file that somebody else keeps up to date, as Kubernetes does and many CI systems do. */
  record InFile(Path path) implements TokenSource {
    @Override
    public String token() {
      try (InputStream in = Files.newInputStream(path)) {
        return checked(new String(in.readNBytes(MAX_CHARS + 2), StandardCharsets.UTF_8).strip());
      } catch (IOException e) {
        throw CommandFailedException.failed("cannot read the token: " + e.getMessage(), null, e);
      }
    }
  }

  /** A variable of the environment, as GitLab fills one for a job: one token and no other. */
  record InEnvironment(Map<String, String> environment, String variable) implements TokenSource {
    public InEnvironment {
      environment = Map.copyOf(environment);
    }

    @Override
    public String token() {
      String token = environment.get(variable);
      if (token == null || token.isBlank()) {
        throw CommandFailedException.usage(
            "there is no token in the variable " + variable, "is the job allowed to have one?");
      }
      return checked(token.strip());
    }

    @Override
    public String toString() {
      return "variable " + variable;
    }
  }

  /**
   * A new token whenever one is wanted, from the service that GitHub gives a job.
   *
   * @param request what the runner put into the job's environment; its token asks for tokens
   */
  record OfGitHub(Map<String, String> request, String audience) implements TokenSource {
    static final String URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
    static final String BEARER = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_ANSWER = 64 * 1024;

    public OfGitHub {
      request = Map.copyOf(request);
    }

    @Override
    public String token() {
      String url = request.get(URL);
      String bearer = request.get(BEARER);
      if (url == null || bearer == null) {
        throw CommandFailedException.usage(
            "there is no token: neither --token-file nor --token-env, and no " + URL,
            "in GitHub Actions give the job: permissions: id-token: write");
      }
      HttpRequest asking =
          HttpRequest.newBuilder(
                  URI.create(
                      url
                          + (url.contains("?") ? "&" : "?")
                          + "audience="
                          + URLEncoder.encode(audience, StandardCharsets.UTF_8)))
              .timeout(PATIENCE)
              .header("Authorization", "Bearer " + bearer)
              .build();
      try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
        HttpResponse<InputStream> answer = http.send(asking, BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
          if (answer.statusCode() != 200) {
            throw CommandFailedException.refused(
                "GitHub gives no token: status " + answer.statusCode(),
                "give the job: permissions: id-token: write");
          }
          JsonObject json =
              JsonParser.parseString(
                      new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8))
                  .getAsJsonObject();
          return checked(json.get("value").getAsString());
        }
      } catch (IOException | JsonParseException | IllegalStateException | NullPointerException e) {
        throw CommandFailedException.failed("GitHub gives no token", null, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw CommandFailedException.failed("interrupted", null, e);
      }
    }

    @Override
    public String toString() {
      return "GitHub, for audience " + audience;
    }
  }

  private static String checked(String token) {
    if (token.isEmpty() || token.length() > MAX_CHARS) {
      throw CommandFailedException.usage(
          "the token has %d characters (expected: 1 to %d)".formatted(token.length(), MAX_CHARS),
          null);
    }
    return token;
  }
}
