package dev.alts.ca.crl;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.admin.RunningCa;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The port for programs that follow a distribution point. */
class CrlPortTest {
  private static final RunningCa CA = RunningCa.get();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static String path = "";

  @BeforeAll
  static void sign() {
    CA.bean(Crls.class).refresh();
    CrlStatus status = CA.bean(Crls.class).statuses().getFirst();
    path = "/crl/" + status.authoritySpkiSha256().toHex() + ".crl";
  }

  @Test
  void listIsGivenToAnybodyAndMayBeKeptForAWhile() throws Exception {
    HttpResponse<byte[]> answer = get(path, Map.of());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/pkix-crl");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("public, max-age=300");
    assertThat(answer.headers().firstValue("Last-Modified").orElseThrow()).endsWith("GMT");
    X509CRL crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(answer.body()));
    assertThat(crl.getNextUpdate()).isAfter(crl.getThisUpdate());
  }

  @Test
  void whoHasTheListIsToldSo() throws Exception {
    String tag = get(path, Map.of()).headers().firstValue("ETag").orElseThrow();

    HttpResponse<byte[]> again = get(path, Map.of("If-None-Match", tag));

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void nothingElseIsThere() throws Exception {
    assertThat(get("/crl/" + "0".repeat(64) + ".crl", Map.of()).statusCode()).isEqualTo(404);
    assertThat(get("/metrics", Map.of()).statusCode()).isEqualTo(404);
    assertThat(get("/crl/../../etc/passwd", Map.of()).statusCode()).isEqualTo(404);
    assertThat(send(request(path).POST(BodyPublishers.ofString("x")).build()).statusCode())
        .isEqualTo(405);
    assertThat(
            send(request(path).method("HEAD", BodyPublishers.noBody()).build())
                .headers()
                .firstValueAsLong("Content-Length")
                .orElseThrow())
        .isPositive();
  }

  @Test
  void whoNeverEndsItsRequestIsHungUpOn() throws Exception {
    try (Socket stranger = new Socket("127.0.0.1", CA.bean(CrlPort.class).port())) {
      stranger.setSoTimeout(60_000);
      stranger.getOutputStream().write("GET / HTTP/1.1\r\nHost: x".getBytes(US_ASCII));

      assertThat(endOf(stranger)).isEqualTo(-1);
    }
  }

  /** {@return -1: also if the end is abrupt} */
  private static int endOf(Socket connection) throws IOException {
    try {
      return connection.getInputStream().read();
    } catch (SocketException e) {
      return -1;
    }
  }

  private static HttpResponse<byte[]> get(String path, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).GET();
    headers.forEach(request::header);
    return send(request.build());
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + CA.bean(CrlPort.class).port() + path))
        .timeout(Duration.ofSeconds(30));
  }

  private static HttpResponse<byte[]> send(HttpRequest request)
      throws IOException, InterruptedException {
    return HTTP.send(request, BodyHandlers.ofByteArray());
  }
}
