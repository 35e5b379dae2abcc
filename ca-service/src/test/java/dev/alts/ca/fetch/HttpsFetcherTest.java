package dev.alts.ca.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.ca.testing.HttpsSite;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fetching from real servers that misbehave, at addresses that are forbidden. */
@Tag("abuse-44")
class HttpsFetcherTest {
  private static final String HOST = "issuer.example";
  private static final FetchLimits LIMITS = new FetchLimits(Duration.ofSeconds(60), 1000);
  private static final CountDownLatch OVER = new CountDownLatch(1);
  private static HttpsSite site;

  @BeforeAll
  static void aSite() {
    site = HttpsSite.start(HOST, HttpsFetcherTest::answer);
  }

  @AfterAll
  static void closed() {
    OVER.countDown();
    site.close();
  }

  private static void answer(String path, Socket connection) throws IOException {
    switch (path) {
      case "/good" -> HttpsSite.write(connection, HttpsSite.json("{}"));
      case "/cached" ->
          HttpsSite.write(
              connection,
              "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=300\r\nContent-Length: 0\r\n\r\n");
      case "/chunked" ->
          HttpsSite.write(
              connection,
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
      case "/until-close" -> HttpsSite.write(connection, "HTTP/1.0 200 OK\r\n\r\nall of it");
      case "/redirect" ->
          HttpsSite.write(
              connection,
              "HTTP/1.1 302 Found\r\nLocation: https://169.254.169.254/latest\r\n\r\nsecret");
      case "/error" -> HttpsSite.write(connection, "HTTP/1.1 500 No\r\n\r\nsecret");
      case "/announced" ->
          HttpsSite.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2147483647\r\n\r\n");
      case "/truncated" ->
          HttpsSite.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      case "/chunks" ->
          HttpsSite.write(
              connection,
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n"
                  + "x".repeat(2000));
      case "/two-lengths" ->
          HttpsSite.write(
              connection, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
      case "/both" ->
          HttpsSite.write(
              connection,
              "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      case "/zipped" ->
          HttpsSite.write(connection, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx");
      case "/no-http" -> HttpsSite.write(connection, "SSH-2.0-OpenSSH\r\n\r\n");
      case "/endless-head" -> {
        HttpsSite.write(connection, "HTTP/1.1 200 OK\r\n");
        while (true) {
          HttpsSite.write(connection, "X-A: " + "x".repeat(1000) + "\r\n");
        }
      }
      case "/endless-body" -> {
        HttpsSite.write(connection, "HTTP/1.1 200 OK\r\n\r\n");
        while (true) {
          HttpsSite.write(connection, "x".repeat(1000));
        }
      }
      case "/never" -> {
        try {
          OVER.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      default -> HttpsSite.write(connection, "HTTP/1.1 404 Not Found\r\n\r\n");
    }
  }

  private static HttpsFetcher fetcher(HttpsFetcher.NameLookup names) {
    return new HttpsFetcher(new AddressPolicy(List.of(AddressBlock.parse("127.0.0.0/8"))), names);
  }

  private static Fetched get(String path, FetchLimits limits) throws FetchException {
    return fetcher(host -> List.of(InetAddress.getLoopbackAddress()))
        .get(
            HttpsUrl.parse("https://" + HOST + ":" + site.port() + path),
            "application/json",
            ServerTrust.ofRoots(List.of(site.root())),
            limits);
  }

  private static String text(Fetched fetched) {
    return new String(fetched.body().toByteArray(), StandardCharsets.UTF_8);
  }

  @Test
  void whatAServerHasComesHoweverItIsFramed() throws FetchException {
    assertThat(text(get("/good", LIMITS))).isEqualTo("{}");
    assertThat(get("/good", LIMITS).maxAge()).isZero();
    assertThat(text(get("/chunked", LIMITS))).isEqualTo("abcde");
    assertThat(text(get("/until-close", LIMITS))).isEqualTo("all of it");
    assertThat(get("/cached", LIMITS).maxAge()).isEqualTo(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/redirect",
        "/error",
        "/announced",
        "/truncated",
        "/chunks",
        "/two-lengths",
        "/both",
        "/zipped",
        "/no-http",
        "/endless-head",
        "/endless-body",
        "/missing"
      })
  void whatIsNoPlainAnswerIsRefusedAndNothingOfItIsRepeated(String path) {
    assertThatThrownBy(() -> get(path, LIMITS))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(path)
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("169.254");
  }

  @Test
  void aServerThatNeverAnswersCostsNoMoreThanTheTime() {
    assertThatThrownBy(() -> get("/never", new FetchLimits(Duration.ofMillis(300), 10)))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("no whole answer within");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "198.18.0.1",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fd00:ec2::254",
        "fc00::1",
        "fec0::1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "ff02::1",
        "2001:db8::1"
      })
  void noConnectionGoesToAnAddressThatIsNotPublic(String address) {
    InetAddress there = InetAddress.ofLiteral(address);

    assertThat(new AddressPolicy(List.of()).objection(there)).isPresent();
    assertThatThrownBy(() ->
            new HttpsFetcher(new AddressPolicy(List.of()), host -> List.of(there))
                .get(
                    HttpsUrl.parse("https://issuer.example/"),
                    "*/*",
                    ServerTrust.ofPlatform(),
                    LIMITS))
        .isInstanceOf(FetchException.class);
  }

  @Test
  void linkLocalAddressesStayForbiddenWhateverIsListed() {
    AddressPolicy all =
        new AddressPolicy(List.of(AddressBlock.parse("0.0.0.0/0"), AddressBlock.parse("::/0")));

    assertThat(all.objection(InetAddress.ofLiteral("10.0.0.1"))).isEmpty();
    assertThat(all.objection(InetAddress.ofLiteral("169.254.169.254"))).isPresent();
    assertThat(all.objection(InetAddress.ofLiteral("::ffff:169.254.169.254"))).isPresent();
    assertThat(all.objection(InetAddress.ofLiteral("fe80::1"))).isPresent();
    assertThat(new AddressPolicy(List.of()).objection(InetAddress.ofLiteral("8.8.8.8"))).isEmpty();
    assertThat(new AddressPolicy(List.of()).objection(InetAddress.ofLiteral("2606:4700::1111")))
        .isEmpty();
  }

  /** DNS rebinding: what is judged is what is connected to, and the name is asked for once. */
  @Test
  void aNameIsLookedUpOnceAndOneBadAddressAmongItsOwnIsEnough() throws FetchException {
    AtomicInteger lookups = new AtomicInteger();
    HttpsUrl url = HttpsUrl.parse("https://" + HOST + ":" + site.port() + "/good");
    ServerTrust trust = ServerTrust.ofRoots(List.of(site.root()));

    HttpsFetcher rebinding =
        fetcher(host ->
            List.of(
                lookups.getAndIncrement() == 0
                    ? InetAddress.getLoopbackAddress()
                    : InetAddress.ofLiteral("169.254.169.254")));
    assertThat(text(rebinding.get(url, "*/*", trust, LIMITS))).isEqualTo("{}");
    assertThat(lookups).hasValue(1);

    HttpsFetcher mixed =
        fetcher(host ->
            Arrays.asList(
                InetAddress.getLoopbackAddress(), InetAddress.ofLiteral("169.254.169.254")));
    assertThatThrownBy(() -> mixed.get(url, "*/*", trust, LIMITS))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("169.254.169.254");
  }

  @Test
  void aServerWithoutACertificateForTheNameIsNotListenedTo() {
    int before = site.asked().size();

    assertThatThrownBy(() ->
            fetcher(host -> List.of(InetAddress.getLoopbackAddress()))
                .get(
                    HttpsUrl.parse("https://other.example:" + site.port() + "/good"),
                    "*/*",
                    ServerTrust.ofRoots(List.of(site.root())),
                    LIMITS))
        .isInstanceOf(FetchException.class);
    assertThatThrownBy(() ->
            fetcher(host -> List.of(InetAddress.getLoopbackAddress()))
                .get(
                    HttpsUrl.parse("https://" + HOST + ":" + site.port() + "/good"),
                    "*/*",
                    ServerTrust.ofPlatform(),
                    LIMITS))
        .isInstanceOf(FetchException.class);
    assertThat(site.asked()).hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://issuer.example/",
        "file:///etc/passwd",
        "gopher://issuer.example/",
        "https://user@issuer.example/",
        "https://issuer.example/#x",
        "https://issuer.example./",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https:///x",
        "https://[fe80::1%25eth0]/",
        "https://issuer.example:0/",
        "https://issuer.example:99999/",
        "https://issuer.example/\u00e9"
      })
  void urlsThatAreNotPlainHttpsAreRefused(String url) {
    assertThatThrownBy(() -> HttpsUrl.parse(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aUrlIsSentAsItWasWritten() {
    assertThat(HttpsUrl.parse("https://Issuer.Example:8443/a/b?c=d%20e"))
        .isEqualTo(new HttpsUrl("issuer.example", 8443, "/a/b?c=d%20e"))
        .hasToString("https://issuer.example:8443/a/b?c=d%20e");
    assertThat(HttpsUrl.parse("https://[2606:4700::1]").target()).isEqualTo("/");
  }
}
