package dev.alts.benchmarks.ca;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The same question to step-ca, over HTTP/2 and TLS, with {@value #OPEN} requests in flight. */
final class StepCaLoad {
  private static final int OPEN = 100;
  private static final int WARM_UP = 500;
  private static final Duration START = Duration.ofMinutes(1);

  private final Path program;
  private final Path home;
  private final PostgresServer postgres;

  StepCaLoad(Path program, Path home, PostgresServer postgres) {
    this.program = program;
    this.home = home;
    this.postgres = postgres;
  }

  Measured run(Duration time) throws Exception {
    StepCaRequests requests = new StepCaRequests();
    try (StepCaServer server = StepCaServer.start(program, home, postgres, requests.jwk());
        HttpClient client = HttpClient.newBuilder().sslContext(trusting("root.crt")).build()) {
      await(server, client);
      String[] warmUp = bodies(requests, server, 0, WARM_UP);
      Load.Outcome warm = ask(server, client, warmUp, time);
      int wanted = (int) (warm.perSecond() * 2 * time.toSeconds()) + OPEN;
      String[] bodies = bodies(requests, server, WARM_UP, wanted);
      long self = ProcessHandle.current().pid();
      Duration caBefore = server.cpuTime();
      Duration databaseBefore = postgres.cpuTime();
      Duration loadBefore = CpuTime.of(self);
      Load.Outcome outcome = ask(server, client, bodies, time);
      return Measured.of(
          "step-ca (CSR and one-time token, PostgreSQL), %d in flight".formatted(OPEN),
          outcome,
          server.cpuTime().minus(caBefore),
          postgres.cpuTime().minus(databaseBefore),
          CpuTime.of(self).minus(loadBefore));
    }
  }

  private static String[] bodies(StepCaRequests requests, StepCaServer server, int from, int count)
      throws Exception {
    String[] bodies = new String[count];
    for (int i = 0; i < count; i++) {
      bodies[i] = requests.body(server.port(), from + i);
    }
    return bodies;
  }

  private static Load.Outcome ask(
      StepCaServer server, HttpClient client, String[] bodies, Duration time)
      throws InterruptedException {
    URI sign = URI.create("https://localhost:%d/1.0/sign".formatted(server.port()));
    Semaphore slots = new Semaphore(OPEN);
    Latencies.Recorder latencies = new Latencies.Recorder(bodies.length);
    AtomicLong issued = new AtomicLong();
    AtomicReference<@Nullable String> failure = new AtomicReference<>();
    long began = System.nanoTime();
    for (String body : bodies) {
      if (System.nanoTime() - began > time.toNanos()) {
        break;
      }
      slots.acquire();
      long asked = System.nanoTime();
      var _ =
          client
              .sendAsync(
                  HttpRequest.newBuilder(sign)
                      .header("Content-Type", "application/json")
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .whenComplete((response, problem) -> {
                if (problem == null && response.statusCode() == 201) {
                  latencies.add(System.nanoTime() - asked);
                  issued.incrementAndGet();
                } else {
                  failure.compareAndSet(
                      null, problem == null ? response.body() : problem.toString());
                }
                slots.release();
              });
    }
    slots.acquire(OPEN);
    Duration wall = Duration.ofNanos(System.nanoTime() - began);
    if (failure.get() != null) {
      throw new IllegalStateException("step-ca refused: " + failure.get());
    }
    return new Load.Outcome(issued.get(), wall, latencies.sorted());
  }

  private void await(StepCaServer server, HttpClient client) {
    URI health = URI.create("https://localhost:%d/health".formatted(server.port()));
    long deadline = System.nanoTime() + START.toNanos();
    while (!answers(client, health)) {
      if (!server.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "step-ca did not start; its log: " + home.resolve("step-ca.log"));
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static boolean answers(HttpClient client, URI health) {
    try {
      return client
              .send(HttpRequest.newBuilder(health).build(), HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (java.io.IOException e) {
      // not there yet
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while step-ca starts", e);
    }
  }

  private SSLContext trusting(String file) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(home.resolve(file))) {
      store.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
