package dev.alts.ca.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.humans.EnrolmentPurpose;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile requests: size, depth, form, browsers, protocol versions. */
class HardeningTest {
  private static final String REDEEM = "/v1/enrolments/redeem";
  private static final RunningCa CA = RunningCa.get();
  private static HumanClient admin;
  private static HumanClient nobody;

  @BeforeAll
  static void anAdminLogsIn() {
    CA.forgetHumans();
    admin = HumanClient.login(CA, EnrolmentTest.code(CA, "alice", EnrolmentPurpose.ADMIN));
    nobody = HumanClient.anonymous(CA);
  }

  @AfterAll
  static void leaves() {
    admin.close();
    nobody.close();
  }

  @Test
  @Tag("abuse-40")
  void everyAnswerCarriesTheSecurityHeadersAndNoCookie() {
    for (HttpResponse<String> answer :
        List.of(
            nobody.get("/v1/trust-document"),
            admin.get("/v1/humans"),
            nobody.get("/v1/humans"),
            nobody.get("/nowhere"),
            nobody.post(REDEEM, "{"))) {
      assertThat(header(answer, "Strict-Transport-Security")).contains("max-age=31536000");
      assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
      assertThat(header(answer, "Content-Security-Policy"))
          .isEqualTo("default-src 'none'; frame-ancestors 'none'");
      assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
      assertThat(header(answer, "Cache-Control")).contains("no-store");
      assertThat(answer.headers().map())
          .doesNotContainKeys("set-cookie", "server", "access-control-allow-origin");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "https://127.0.0.1"})
  @Tag("abuse-40")
  void whatAPageMakesABrowserSendIsRefused(String origin) {
    HttpResponse<String> answer =
        admin.send(
            admin
                .request("/v1/join-tokens")
                .header("Origin", origin)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build());

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
    AccessTest.assertIsProblem(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text=a%00b",
        "type=%00",
        "from=%2B1000000000-12-31T23:59:59Z",
        "before=-1000000000-01-01T00:00:00Z",
        "before=%2B300000-01-01T00:00:00Z",
        "after=%2B1000000000-12-31T23:59:59Z_1_1"
      })
  void searchOfTheAuditLogForWhatNoDatabaseHoldsIsABadRequest(String query) {
    HttpResponse<String> answer = admin.get("/v1/audit/events?" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    AccessTest.assertIsProblem(answer);
    assertThat(admin.get("/v1/audit/events?text=a&from=2026-11-24T12:00:00Z").statusCode())
        .isEqualTo(200);
  }

  @Test
  @Tag("abuse-40")
  void aPreflightGetsNoPermission() {
    HttpResponse<String> answer =
        nobody.send(
            nobody
                .request("/v1/join-tokens")
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody())
                .build());

    assertThat(answer.statusCode()).isIn(401, 403);
    assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-methods");
  }

  @Test
  @Tag("abuse-41")
  void aBodyThatIsTooLargeIsRefusedAnnouncedOrNot() {
    String large = "{\"secret\":\"" + "A".repeat(20_000) + "\"}";
    HttpRequest chunked =
        nobody
            .request(REDEEM)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofInputStream(() -> stream(large)))
            .build();

    for (HttpResponse<String> answer : List.of(nobody.post(REDEEM, large), nobody.send(chunked))) {
      assertThat(answer.statusCode()).isEqualTo(413);
      AccessTest.assertIsProblem(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{",
        "{}",
        "{\"secret\":1,\"masterSpki\":\"AA==\",\"tlsSpki\":\"AA==\"}",
        "{\"secret\":\"AA==\",\"masterSpki\":\"AA==\",\"tlsSpki\":\"AA==\"}",
        "{\"secret\":\"AA==\",\"secret\":\"AA==\",\"masterSpki\":\"AA==\",\"tlsSpki\":\"AA==\"}",
        "{\"secret\":\"AA==\",\"masterSpki\":\"AA==\",\"tlsSpki\":\"AA==\",\"admin\":true}",
        "{\"secret\":\"AA==\",\"masterSpki\":\"AA==\",\"tlsSpki\":\"AA==\"} {}",
        "{\"secret\":\"?\",\"masterSpki\":\"AA==\",\"tlsSpki\":\"AA==\"}"
      })
  @Tag("abuse-41")
  void whatIsNotExactlyTheExpectedObjectIsABadRequest(String body) {
    HttpResponse<String> answer = nobody.post(REDEEM, body);

    assertThat(answer.statusCode()).isEqualTo(400);
    AccessTest.assertIsProblem(answer);
  }

  @Test
  @Tag("abuse-41")
  void deepNestingIsRefusedByTheParser() {
    HttpResponse<String> answer =
        admin.post(
            "/v1/rules/test", "{\"facts\":{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}}");

    assertThat(answer.statusCode()).isEqualTo(400);
    AccessTest.assertIsProblem(answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1001", "2147483648", "x", "1e3"})
  @Tag("abuse-41")
  void noPageIsLargerThanTheLimit(String limit) {
    for (String list : List.of("/v1/humans", "/v1/machines", "/v1/svids")) {
      HttpResponse<String> answer = admin.get(list + "?limit=" + limit);

      assertThat(answer.statusCode()).isEqualTo(400);
      AccessTest.assertIsProblem(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
  @Tag("abuse-40")
  void aBodyThatAFormCouldSendIsNotTaken(String type) {
    HttpResponse<String> answer =
        nobody.send(
            nobody
                .request(REDEEM)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString("{}"))
                .build());

    assertThat(answer.statusCode()).isEqualTo(415);
    AccessTest.assertIsProblem(answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET / HTTP/9.9\r\n\r\n", "GET /\u0001 HTTP/1.1\r\nHost: a\r\n\r\n", "\u0000\r\n"})
  void whatIsNotHttpGetsNoPageWithVersionAndTrace(String request) throws Exception {
    try (SSLSocket socket = socket("TLSv1.3")) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));

      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 ");
      assertThat(answer).doesNotContain("Tomcat", "<html", "Exception", "Server:");
    }
  }

  @Test
  void olderTlsIsNotSpoken() {
    assertThatThrownBy(
            () -> {
              try (SSLSocket socket = socket("TLSv1.2")) {
                socket.startHandshake();
              }
            })
        .isInstanceOf(IOException.class);
  }

  private static SSLSocket socket(String version) throws Exception {
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new TrustsAnybody()}, null);
    Socket tcp = new Socket("127.0.0.1", CA.adminPort());
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(tcp, "127.0.0.1", CA.adminPort(), true);
    socket.setEnabledProtocols(new String[] {version});
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  /** These tests are about what the server says to whoever connects. */
  private static final class TrustsAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
