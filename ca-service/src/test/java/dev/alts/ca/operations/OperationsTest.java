package dev.alts.ca.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.admin.RunningCa;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationsTest {
  /** Prefixes of what the CA and what it is built from export. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:alts|jvm|hikaricp|process|system|http|tomcat)_[a-z_]+\\b");

  /** Every label that a series may have. Their values are methods, codes, profiles, pools. */
  private static final Set<String> LABELS =
      Set.of(
          "action",
          "area",
          "cause",
          "code",
          "error",
          "compiler",
          "exception",
          "gc",
          "id",
          "le",
          "level",
          "main_application_class",
          "method",
          "name",
          "outcome",
          "path",
          "pool",
          "profile",
          "reason",
          "runtime",
          "standing",
          "state",
          "status",
          "uri",
          "vendor",
          "version");

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aCaThatServesIsAliveAndReady() throws Exception {
    assertThat(get("/livez").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = get("/readyz");
    assertThat(ready.body()).isEqualTo("{\"ready\":true,\"problems\":{}}\n");
    assertThat(ready.statusCode()).isEqualTo(200);
  }

  @Test
  void readinessAsksEveryModuleThatMayKeepItFromServing() {
    assertThat(RunningCa.get().beans(ReadinessCheck.class))
        .extracting(ReadinessCheck::name)
        .contains("database", "lease", "key-custody", "caught-up", "machine-api");
  }

  @Test
  void aProblemAndACheckThatFailsToAnswerBothKeepAReplicaFromGettingCalls() {
    Readiness readiness =
        new Readiness(() ->
            List.of(
                new ReadinessCheck("fine", Optional::empty),
                new ReadinessCheck("lease", () -> Optional.of("there is none")),
                new ReadinessCheck(
                    "broken",
                    () -> {
                      throw new IllegalStateException("with a secret in it");
                    })));

    assertThat(readiness.problems())
        .containsExactly(
            Map.entry("broken", "the check failed: IllegalStateException"),
            Map.entry("lease", "there is none"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yaml", "dashboard.json"})
  void everyMetricThatOperatorsAreGivenIsInTheScrape(String file) throws Exception {
    Set<String> named = found(METRIC, Files.readString(docs().resolve(file)));

    assertThat(named).isNotEmpty();
    assertThat(found(Pattern.compile("(?m)^[a-z_]+(?=[{ ])"), get("/metrics").body()))
        .containsAll(named);
  }

  @Test
  void noSeriesNamesAnIdentity() throws Exception {
    String scrape = get("/metrics").body();

    assertThat(scrape).contains("alts_certificates_total{outcome=\"issued\",profile=\"ca_tls\"}");
    assertThat(scrape).doesNotContain("spiffe://");
    assertThat(found(Pattern.compile("[a-z_]+(?==\")"), scrape)).isSubsetOf(LABELS);
  }

  @Test
  void nothingElseIsServed() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/actuator/env").statusCode()).isEqualTo(404);
    assertThat(
            http.send(
                    HttpRequest.newBuilder(uri("/readyz"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(405);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create(
        "http://127.0.0.1:" + RunningCa.get().bean(OperationsPort.class).port() + path);
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Path docs() {
    return Path.of("..", "docs", "operate");
  }
}
